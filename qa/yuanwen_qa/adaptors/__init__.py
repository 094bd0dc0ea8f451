"""Answers from passages that LangChain, LlamaIndex or Haystack pass on; each module needs the extra of its name."""

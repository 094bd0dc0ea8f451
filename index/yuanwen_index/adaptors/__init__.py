"""The retriever as LangChain, LlamaIndex and Haystack know one; each module needs the extra of its name."""

"""The readers: what they look at in question and passage, and how they score spans."""

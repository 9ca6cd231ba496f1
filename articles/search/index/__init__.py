"""The search index: what is written to it, and when."""

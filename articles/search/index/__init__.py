"""The search index and its updates."""

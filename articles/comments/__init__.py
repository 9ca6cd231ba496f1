"""The conversation below an article."""

"""Data sources of articles: a field of an article, a public page, a feed, a dashboard item, and a block of a text."""

"""Data sources of articles: a field of an article, a public page, a feed, and a dashboard item."""

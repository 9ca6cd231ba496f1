"""Related articles: manual picks, and computed suggestions."""

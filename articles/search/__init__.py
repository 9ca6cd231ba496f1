"""Full-text search of articles."""

"""What machines read: feeds and sitemaps."""

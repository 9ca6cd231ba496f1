"""Comments on articles, and their moderation."""

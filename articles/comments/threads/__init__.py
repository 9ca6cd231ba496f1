"""How the comments of an article are ordered, fetched and shown."""

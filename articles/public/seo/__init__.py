"""What a page says to machines: title, description, Open Graph and JSON-LD."""

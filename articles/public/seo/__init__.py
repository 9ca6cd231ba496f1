"""Metadata of pages: title, description, Open Graph and JSON-LD."""

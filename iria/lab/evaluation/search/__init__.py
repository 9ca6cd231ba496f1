"""Measures search on a test collection."""

"""Measures search on a judged test collection."""

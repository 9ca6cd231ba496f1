"""Composing pages, on the desk."""

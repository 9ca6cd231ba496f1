"""Validation and formatting of text, dates and languages."""

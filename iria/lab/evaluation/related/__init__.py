"""Measures related articles against the links that authors set."""

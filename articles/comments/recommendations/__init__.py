"""Recommending the comments of others."""

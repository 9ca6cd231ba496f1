"""Shared infrastructure. Imports Django and the standard library only."""

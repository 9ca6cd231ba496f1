"""Loads the demo content with the service functions of each app."""

"""Newsletters that compose themselves."""

"""Subscribing, preferences, consents, suppression."""

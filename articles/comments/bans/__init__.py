"""Bans and suspensions of commenters, and the encrypted IP addresses that they need."""

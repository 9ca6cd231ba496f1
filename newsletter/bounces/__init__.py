"""Bounces, complaints and unsubscribe requests by e-mail."""

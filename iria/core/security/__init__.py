"""Encryption, signed tokens and keys that change daily."""

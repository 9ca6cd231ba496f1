"""Automatic screening of comments by rules and by the spam model."""

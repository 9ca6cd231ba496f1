"""Automatic screening of comments: rules, the spam model, Akismet."""

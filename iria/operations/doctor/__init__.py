"""Checks of a running installation, each of which says how to fix what it finds: `manage.py doctor` and its page."""

"""Spam checks by Akismet, if a newsroom uses it: by the worker, never while a reader waits."""

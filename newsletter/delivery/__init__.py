"""Sending an issue: recipients, claims, batches, controls, progress."""

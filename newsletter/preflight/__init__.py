"""Preflight checks before an issue is sent."""

"""Renders an issue as an e-mail and submits it."""

"""Automatic digests."""

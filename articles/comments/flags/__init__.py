"""Readers report comments: with a reason, once each, and they hear what came of it."""

"""Moderation: queues, cases, decisions, appeals."""

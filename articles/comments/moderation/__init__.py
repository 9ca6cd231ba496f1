"""Moderation: queues, decisions, appeals, bans, reports by readers."""

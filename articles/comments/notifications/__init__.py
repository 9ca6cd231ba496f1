"""Notification e-e-mails to commenters, followers and moderators."""

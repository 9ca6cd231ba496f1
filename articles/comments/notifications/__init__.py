"""Notification e-mails to commenters, followers and moderators."""

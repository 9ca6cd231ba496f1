"""Bounce webhooks of e-mail providers (docs/decisions/bounce-webhooks.md).

Off unless `MAIL_PROVIDER` is set. Events have the same effect as bounce e-mails.
"""

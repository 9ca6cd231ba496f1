"""News of mails that the provider who sends them tells us by itself (docs/decisions/told-by-providers.md).

Off unless `MAIL_PROVIDER` names one. What it tells is acted on by the same verbs as a mail that comes back.
"""

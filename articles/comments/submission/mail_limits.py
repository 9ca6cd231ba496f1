"""Limits for e-mails to an address that anybody may have entered."""

from datetime import timedelta
from typing import Final

from iria.core.http.rate_limit import count_and_allow

MAILS_A_DAY: Final = (12, timedelta(days=1))
QUESTIONS_A_DAY: Final = (12, timedelta(days=1))
"""E-mails that ask to confirm a comment, counted apart: without one, a comment would be forgotten."""


def may_write_to(address: str) -> bool:
    """Counts one mail; False once the address had as many as it may have in a day."""
    limit, per = MAILS_A_DAY
    return count_and_allow("mails about comments", address.lower(), limit=limit, per=per)


def may_ask(address: str) -> bool:
    """Counts one mail that asks for a comment's address; other mail does not use these up."""
    limit, per = QUESTIONS_A_DAY
    return count_and_allow("mails to confirm", address.lower(), limit=limit, per=per)

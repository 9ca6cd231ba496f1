"""Signed values that expire, such as the URL of a preview or the age of a form.

Django's signer compares in constant time; the salt prevents a token for one purpose from
being used for another.
"""

from datetime import timedelta
from typing import Any

from django.core import signing


class ExpiredToken(Exception):
    """The token is valid but too old."""

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self.value = value


class BrokenToken(Exception):
    """The token is incomplete, changed, or for another purpose."""


def make_token(value: Any, *, purpose: str) -> str:
    """A URL-safe token for a JSON value."""
    return signing.dumps(value, salt=f"iria.{purpose}", compress=False)


def read_token(token: str, *, purpose: str, valid_for: timedelta) -> Any:
    """The value of a token.

    Raises:
        ExpiredToken, BrokenToken
    """
    try:
        return signing.loads(token, salt=f"iria.{purpose}", max_age=valid_for)
    except signing.SignatureExpired as error:
        raise ExpiredToken(signing.loads(token, salt=f"iria.{purpose}")) from error
    except (signing.BadSignature, ValueError, UnicodeError) as error:
        raise BrokenToken from error

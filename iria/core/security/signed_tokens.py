"""Signed values that expire, such as the address of a preview or the age of a form.

Django's signer compares in constant time; the salt keeps a token made for one purpose from
being used for another.
"""

from datetime import timedelta
from typing import Any

from django.core import signing


class ExpiredToken(Exception):
    """The token is sound but too old."""


class BrokenToken(Exception):
    """The token was cut off, changed, or made for something else."""


def make_token(value: Any, *, purpose: str) -> str:
    """A token for a JSON value, safe in an address."""
    return signing.dumps(value, salt=f"iria.{purpose}", compress=False)


def read_token(token: str, *, purpose: str, valid_for: timedelta) -> Any:
    """The value in a token.

    Raises:
        ExpiredToken, BrokenToken
    """
    try:
        return signing.loads(token, salt=f"iria.{purpose}", max_age=valid_for)
    except signing.SignatureExpired as mistake:
        raise ExpiredToken from mistake
    except (signing.BadSignature, ValueError, UnicodeError) as mistake:
        raise BrokenToken from mistake

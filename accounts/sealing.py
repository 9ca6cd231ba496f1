"""Secrets of second factors at rest: sealed with a key that follows from the site's own.

Whoever reads the database alone, or a copy of it, cannot make anybody's codes.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unsealable(Exception):
    """It was sealed under a key that is neither SECRET_KEY nor one of its fallbacks."""


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """
    Raises:
        Unsealable
    """
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as mistake:
        raise Unsealable from mistake


def _keys() -> MultiFernet:
    """The first seals; all of them unseal, so that the site's key can be changed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(urlsafe_b64encode(sha256(f"iria.sealing\0{key}".encode()).digest()))
            for key in keys
        ]
    )

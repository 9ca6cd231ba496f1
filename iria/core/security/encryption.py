"""Encrypted values and keyed hashes in the database.

Both use keys derived from SECRET_KEY, one per purpose, so a copy of the database alone reveals nothing. After a
change of SECRET_KEY, earlier values work with SECRET_KEY_FALLBACKS.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class DecryptionFailed(Exception):
    """Encrypted with a key that is neither SECRET_KEY nor one of its fallbacks."""


def encrypt(text: str, *, purpose: str) -> str:
    return _keys(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    """
    Raises:
        DecryptionFailed
    """
    try:
        return _keys(purpose).decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise DecryptionFailed from error


def keyed_hash(text: str, *, purpose: str) -> str:
    """A hash (64 hex digits) that cannot be computed without the secret."""
    return _hmac(text, purpose, settings.SECRET_KEY)


def keyed_hashes(text: str, *, purpose: str) -> list[str]:
    """The hashes of a text with the current and with former secrets."""
    return [_hmac(text, purpose, secret) for secret in _secrets()]


def _hmac(text: str, purpose: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}\0{text}".encode(), sha256).hexdigest()


def _keys(purpose: str) -> MultiFernet:
    """The first key encrypts, all of them decrypt, so that SECRET_KEY can be changed."""
    return MultiFernet(
        [
            Fernet(urlsafe_b64encode(sha256(f"{purpose}\0{secret}".encode()).digest()))
            for secret in _secrets()
        ]
    )


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]

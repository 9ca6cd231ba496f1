"""What the database keeps without telling it: sealed, to be opened again, or as a mark, to be compared.

Both follow from the site's own secret, so a copy of the database alone tells nothing. Each purpose has a key of
its own. After a change of SECRET_KEY what was sealed opens, and what was marked is known again, with
SECRET_KEY_FALLBACKS.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class DecryptionFailed(Exception):
    """It was sealed under a key that is neither SECRET_KEY nor one of its fallbacks."""


def encrypt(text: str, *, purpose: str) -> str:
    return _keys(purpose).encrypt(text.encode()).decode()


def decrypt(sealed: str, *, purpose: str) -> str:
    """
    Raises:
        Unsealable
    """
    try:
        return _keys(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as mistake:
        raise DecryptionFailed from mistake


def keyed_hash(text: str, *, purpose: str) -> str:
    """The same for the same text, and of no use to whoever has not got the secret (64 hex digits)."""
    return _mark(text, purpose, settings.SECRET_KEY)


def keyed_hashes(text: str, *, purpose: str) -> list[str]:
    """By which a text may have been marked: under the secret of today, and under earlier ones."""
    return [_mark(text, purpose, secret) for secret in _secrets()]


def _mark(text: str, purpose: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}\0{text}".encode(), sha256).hexdigest()


def _keys(purpose: str) -> MultiFernet:
    """The first seals; all of them unseal, so that the site's key can be changed."""
    return MultiFernet(
        [
            Fernet(urlsafe_b64encode(sha256(f"{purpose}\0{secret}".encode()).digest()))
            for secret in _secrets()
        ]
    )


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]

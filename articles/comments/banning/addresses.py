"""Where a comment came from: sealed when it is posted, opened for a ban, destroyed within thirty days.

The key is derived from SECRET_KEY, so a copy of the database alone tells no address. After a change
of the secret the old ones open with SECRET_KEY_FALLBACKS, or not at all.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from articles.comments.banning.models import ADDRESS_KEPT, SealedAddress
from articles.comments.banning.networks import is_address
from articles.comments.models import Comment

PURPOSE = "iria.comments.addresses"


def keep(comment: Comment, address: str | None) -> None:
    """Within the transaction that keeps the comment; without an address there is nothing to keep."""
    if not address or not is_address(address):
        return
    now = timezone.now()
    SealedAddress.objects.create(
        comment=comment, sealed=_seal(address), made_at=now, kept_until=now + ADDRESS_KEPT
    )


def address_of(comment: Comment) -> str:
    """The address a comment came from; empty where none is kept, or its time is over."""
    kept = SealedAddress.objects.filter(comment=comment, kept_until__gt=timezone.now()).first()
    return opened(kept) if kept else ""


def opened(kept: SealedAddress) -> str:
    """Empty where the secret it was sealed with is gone."""
    try:
        return _box().decrypt(kept.sealed.encode()).decode()
    except InvalidToken:
        return ""


def destroy_old() -> int:
    """Every address whose time is over; how many. The worker does this every day."""
    deleted, _ = SealedAddress.objects.filter(kept_until__lte=timezone.now()).delete()
    return deleted


def _seal(address: str) -> str:
    return _box().encrypt(address.encode()).decode()


def _box() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = salted_hmac(PURPOSE, "key", secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(derived)

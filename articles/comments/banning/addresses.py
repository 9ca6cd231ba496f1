"""Where a comment came from: sealed when it is posted, opened for a ban, destroyed within thirty days.

The key is derived from SECRET_KEY, so a copy of the database alone tells no address. After a change
of the secret the old ones open with SECRET_KEY_FALLBACKS, or not at all.
"""

from django.utils import timezone

from articles.comments.banning.models import ADDRESS_KEPT, SealedAddress
from articles.comments.banning.networks import is_address
from articles.comments.models import Comment
from iria.kit import sealing

PURPOSE = "iria.comments.addresses"


def keep(comment: Comment, address: str | None) -> None:
    """Within the transaction that keeps the comment; without an address there is nothing to keep."""
    if not address or not is_address(address):
        return
    now = timezone.now()
    sealed = sealing.seal(address, purpose=PURPOSE)
    SealedAddress.objects.create(
        comment=comment, sealed=sealed, made_at=now, kept_until=now + ADDRESS_KEPT
    )


def address_of(comment: Comment) -> str:
    """The address a comment came from; empty where none is kept, or its time is over."""
    kept = SealedAddress.objects.filter(comment=comment, kept_until__gt=timezone.now()).first()
    return opened(kept) if kept else ""


def opened(kept: SealedAddress) -> str:
    """Empty where the secret it was sealed with is gone."""
    try:
        return sealing.unseal(kept.sealed, purpose=PURPOSE)
    except sealing.Unsealable:
        return ""


def destroy_old() -> int:
    """Every address whose time is over; how many. The worker does this every day."""
    deleted, _ = SealedAddress.objects.filter(kept_until__lte=timezone.now()).delete()
    return deleted

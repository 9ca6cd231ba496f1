"""What a ban of an address or of a network compares.

Where a comment came from: sealed when it is posted, opened for a ban, destroyed within thirty days.

The key is derived from SECRET_KEY, so a copy of the database alone tells no address. After a change
of the secret the old ones open with SECRET_KEY_FALLBACKS, or not at all.

What a ban keeps of what it compares, and how moderators read it.

An e-mail address, a name and a network address are kept as marks under the site's secret (`iria.core.security.encryption`):
enough to know them again, of no use to whoever copies the database. A network stays readable until the
ban ends, as does the number of an account.
"""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from django.utils import timezone

from articles.comments.bans.models import ADDRESS_KEPT, Ban, SealedAddress
from articles.comments.models import Comment
from iria.core.http.rate_limit import one_sender
from iria.core.security import encryption

NETWORK_BITS: Final = {4: 24, 6: 56}
"""What one customer, or a handful of neighbours, is given: a /24 of IPv4, a /56 of IPv6 (RFC 6177)."""


def one_address(text: str) -> str:
    """The address, or for IPv6 its /64, which is one connection; empty for what is no address."""
    return one_sender(text) if is_address(text) else ""


def network(text: str) -> str:
    """The network around an address, as in `203.0.113.0/24`; empty for what is no address."""
    if not is_address(text):
        return ""
    address = ip_address(text)
    if not isinstance(address, IPv4Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, NETWORK_BITS[address.version]), strict=False))


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


PURPOSE = "iria.comments.addresses"


def keep(comment: Comment, address: str | None) -> None:
    """Within the transaction that keeps the comment; without an address there is nothing to keep."""
    if not address or not is_address(address):
        return
    now = timezone.now()
    sealed = encryption.encrypt(address, purpose=PURPOSE)
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
        return encryption.decrypt(kept.sealed, purpose=PURPOSE)
    except encryption.DecryptionFailed:
        return ""


def destroy_old() -> int:
    """Every address whose time is over; how many. The worker does this every day."""
    deleted, _ = SealedAddress.objects.filter(kept_until__lte=timezone.now()).delete()
    return deleted


MARKED: Final = frozenset({Ban.Kind.EMAIL, Ban.Kind.NAME, Ban.Kind.ADDRESS})


def kept(kind: str, plain: str) -> str:
    """The value of a ban of this kind."""
    return encryption.keyed_hash(plain, purpose=_purpose(kind)) if kind in MARKED else plain


def kept_as(kind: str, plain: str) -> list[str]:
    """Every value by which a ban could have it, those made under earlier secrets among them."""
    return encryption.keyed_hashes(plain, purpose=_purpose(kind)) if kind in MARKED else [plain]


def masked_value(kind: str, plain: str, name: str) -> str:
    """For moderators, as in `t…@example.org`.

    Args:
        name: of the writer, as it stands beside the comment.
    """
    if kind == Ban.Kind.EMAIL:
        before, _, domain = plain.rpartition("@")
        return f"{before[:1]}…@{domain}"
    if kind == Ban.Kind.ADDRESS:
        return f"one address in {network(plain.partition('/')[0])}"
    return plain if kind == Ban.Kind.NETWORK else name


def _purpose(kind: str) -> str:
    return f"iria.comments.ban.{kind}"

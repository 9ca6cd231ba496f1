"""Identifiers of commenters, and the encrypted IP addresses of comments.

The key is derived from SECRET_KEY, so a copy of the database alone tells no address. After a change
of the secret the old ones open with SECRET_KEY_FALLBACKS, or not at all.

What a ban keeps of what it compares, and how moderators read it.

An e-mail address, a name and a IP address are kept as marks under the site's secret (`iria.core.security.encryption`):
enough to recognise them, useless to somebody who copies the database. A network stays readable until the
ban ends, as does the number of an account.
"""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from django.utils import timezone

from articles.comments.bans.models import IP_ADDRESS_RETENTION, Ban, EncryptedIPAddress
from articles.comments.models import Comment
from iria.core.http.rate_limit import one_sender
from iria.core.security import encryption

NETWORK_BITS: Final = {4: 24, 6: 56}
"""What one customer, or a handful of neighbours, is given: a /24 of IPv4, a /56 of IPv6 (RFC 6177)."""


def single_ip_address(text: str) -> str:
    """The address, or for IPv6 its /64, which is one connection; empty for what is no address."""
    return one_sender(text) if is_ip_address(text) else ""


def network(text: str) -> str:
    """The network around an address, as in `203.0.113.0/24`; empty for what is no address."""
    if not is_ip_address(text):
        return ""
    address = ip_address(text)
    if not isinstance(address, IPv4Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, NETWORK_BITS[address.version]), strict=False))


def is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


PURPOSE = "iria.comments.addresses"


def keep(comment: Comment, address: str | None) -> None:
    """Within the transaction that keeps the comment; without an address there is nothing to keep."""
    if not address or not is_ip_address(address):
        return
    now = timezone.now()
    ciphertext = encryption.encrypt(address, purpose=PURPOSE)
    EncryptedIPAddress.objects.create(
        comment=comment,
        ciphertext=ciphertext,
        created_at=now,
        expires_at=now + IP_ADDRESS_RETENTION,
    )


def ip_address_of(comment: Comment) -> str:
    """The address a comment came from; empty where none is kept, or its time is over."""
    kept = EncryptedIPAddress.objects.filter(comment=comment, expires_at__gt=timezone.now()).first()
    return opened(kept) if kept else ""


def opened(kept: EncryptedIPAddress) -> str:
    """Empty where the secret it was encrypted with is gone."""
    try:
        return encryption.decrypt(kept.ciphertext, purpose=PURPOSE)
    except encryption.DecryptionFailed:
        return ""


def destroy_old() -> int:
    """Every address whose time is over; how many. The worker does this every day."""
    deleted, _ = EncryptedIPAddress.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


MARKED: Final = frozenset({Ban.Kind.EMAIL, Ban.Kind.NAME, Ban.Kind.IP_ADDRESS})


def stored_identifiers(kind: str, plain: str) -> str:
    """The value of a ban of this kind."""
    return encryption.keyed_hash(plain, purpose=_purpose(kind)) if kind in MARKED else plain


def stored_as(kind: str, plain: str) -> list[str]:
    """Every value by which a ban could have it, those made under earlier secrets among them."""
    return encryption.keyed_hashes(plain, purpose=_purpose(kind)) if kind in MARKED else [plain]


def masked_value(kind: str, plain: str, name: str) -> str:
    """For moderators, as in `t…@example.org`.

    Args:
        name: of the commenter, as it stands beside the comment.
    """
    if kind == Ban.Kind.EMAIL:
        before, _, domain = plain.rpartition("@")
        return f"{before[:1]}…@{domain}"
    if kind == Ban.Kind.IP_ADDRESS:
        return f"an address in {network(plain.partition('/')[0])}"
    return plain if kind == Ban.Kind.NETWORK else name


def _purpose(kind: str) -> str:
    return f"iria.comments.ban.{kind}"

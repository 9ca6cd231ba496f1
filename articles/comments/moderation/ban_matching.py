"""Which active bans match a commenter, and the encrypted IP addresses of comments.

The key is derived from SECRET_KEY, so a copy of the database alone reveals no address. After a change
of the secret, the old ones can be decrypted only with SECRET_KEY_FALLBACKS.

A ban stores an e-mail address, a name or an IP address as a keyed hash (`iria.core.security`),
which can be compared but not read. A network and the id of an account are stored as they are until the
ban ends.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.comments.models import Comment
from articles.comments.moderation.models import IP_ADDRESS_RETENTION, Ban, EncryptedIPAddress
from articles.comments.screening.word_matching import folded
from iria.core import security
from iria.core.security import one_sender

NETWORK_PREFIX_LENGTHS: Final = {4: 24, 6: 56}
"""The size of a network of one customer or a few neighbours: /24 in IPv4, /56 in IPv6 (RFC 6177)."""


def single_ip_address(text: str) -> str:
    """Returns the address, or for IPv6 its /64, which is one connection; empty if invalid."""
    return one_sender(text) if is_ip_address(text) else ""


def network(text: str) -> str:
    """Returns the network of an IP address, as in `203.0.113.0/24`; empty if invalid."""
    if not is_ip_address(text):
        return ""
    address = ip_address(text)
    if not isinstance(address, IPv4Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, NETWORK_PREFIX_LENGTHS[address.version]), strict=False))


def is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


PURPOSE = "iria.comments.addresses"


def store_ip_address(comment: Comment, address: str | None) -> None:
    """Stores the encrypted IP address, if any; called in the transaction that saves the comment."""
    if not address or not is_ip_address(address):
        return
    now = timezone.now()
    ciphertext = security.encrypt(address, purpose=PURPOSE)
    EncryptedIPAddress.objects.create(
        comment=comment,
        ciphertext=ciphertext,
        created_at=now,
        expires_at=now + IP_ADDRESS_RETENTION,
    )


def ip_address_of(comment: Comment) -> str:
    """Returns the IP address of a comment; empty if it is not stored or expired."""
    stored = EncryptedIPAddress.objects.filter(
        comment=comment, expires_at__gt=timezone.now()
    ).first()
    return decrypt_ip_address(stored) if stored else ""


def decrypt_ip_address(stored: EncryptedIPAddress) -> str:
    """Returns the IP address; empty if the secret it was encrypted with is not available."""
    try:
        return security.decrypt(stored.ciphertext, purpose=PURPOSE)
    except security.DecryptionFailed:
        return ""


def delete_expired_ip_addresses() -> int:
    """Deletes expired addresses; returns how many. Called daily by the worker."""
    deleted, _ = EncryptedIPAddress.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


HASHED_KINDS: Final = frozenset({Ban.Kind.EMAIL, Ban.Kind.NAME, Ban.Kind.IP_ADDRESS})


def stored_value(kind: str, plain: str) -> str:
    """Returns the value that a ban of this kind stores."""
    return security.keyed_hash(plain, purpose=_purpose(kind)) if kind in HASHED_KINDS else plain


def stored_values(kind: str, plain: str) -> list[str]:
    """Returns every value that a ban may have stored, including those under earlier secrets."""
    return security.keyed_hashes(plain, purpose=_purpose(kind)) if kind in HASHED_KINDS else [plain]


def masked_value(kind: str, plain: str, name: str) -> str:
    """Returns the value as moderators see it, as in `t…@example.org`.

    Args:
        name: of the commenter, as shown with the comment.
    """
    if kind == Ban.Kind.EMAIL:
        local, _, domain = plain.rpartition("@")
        return f"{local[:1]}…@{domain}"
    if kind == Ban.Kind.IP_ADDRESS:
        return f"an address in {network(plain.partition('/')[0])}"
    return plain if kind == Ban.Kind.NETWORK else name


def _purpose(kind: str) -> str:
    return f"iria.comments.ban.{kind}"


type Identifier = tuple[str, str]
"""Kind of a ban, and the value it compares, unhashed."""


def identifiers_of(comment: Comment, ip_address: str = "") -> list[Identifier]:
    """Returns the identifiers by which the commenter of a comment can be banned."""
    email = comment.user.email if comment.user else comment.email
    values = [
        (Ban.Kind.ACCOUNT, str(comment.user_id or "")),
        (Ban.Kind.EMAIL, email.lower()),
        (Ban.Kind.NAME, folded(comment.public_name)),
        (Ban.Kind.IP_ADDRESS, single_ip_address(ip_address)),
        (Ban.Kind.NETWORK, network(ip_address)),
    ]
    return [(str(kind), value) for kind, value in values if value]


def _applies(ban: Ban, comment: Comment) -> bool:
    """Whether a ban with a matching identifier applies to the commenter.

    A guest can enter anybody's e-mail address, so a ban of an address that only a guest entered does
    not apply to the account with that address.
    """
    return ban.kind != Ban.Kind.EMAIL or comment.user_id is None or ban.user_id is not None


def matching_bans(comment: Comment, ip_address: str = "") -> list[Ban]:
    """Returns the active bans of the commenter of a comment, in one query."""
    matches = Q(pk__in=[])
    for kind, plain in identifiers_of(comment, ip_address):
        matches |= Q(kind=kind, value__in=stored_values(kind, plain))
    bans = Ban.objects.active().filter(matches).select_related("created_by")
    return [ban for ban in bans if _applies(ban, comment)]


def select_matching(bans: dict[tuple[str, str], Ban], comment: Comment) -> list[Ban]:
    """Selects from `active_bans()` those of the commenter of a comment."""
    keys = [
        (kind, value)
        for kind, plain in (identifiers_of(comment) if bans else [])
        for value in stored_values(kind, plain)
    ]
    return [bans[key] for key in keys if key in bans and _applies(bans[key], comment)]


def active_bans() -> dict[tuple[str, str], Ban]:
    """Returns all active bans by kind and value, to match many comments."""
    bans = Ban.objects.active().select_related("created_by")
    return {(ban.kind, ban.value): ban for ban in bans}


def describe(bans: Iterable[Ban]) -> tuple[str, str]:
    """Describes, for moderators, the certain bans, and those that may be of somebody else."""
    sentences: tuple[list[str], list[str]] = ([], [])
    for ban in bans:
        sentences[not _is_certain(ban)].append(_sentence(ban))
    return " ".join(sentences[0]), " ".join(sentences[1])


def _is_certain(ban: Ban) -> bool:
    """Whether a ban can only be of this commenter: one of an account, or of its e-mail address.

    Others may share a name or a network, and a guest may enter the address of somebody else.
    """
    return ban.user_id is not None


def _sentence(ban: Ban) -> str:
    until = (
        f" until {date_format(localtime(ban.expires_at), 'DATETIME_FORMAT')}"
        if ban.expires_at
        else ""
    )
    moderator = ban.created_by.public_name if ban.created_by else "Somebody"
    action = "suspended" if ban.expires_at else "banned"
    return f"{moderator} {action} this {ban.get_kind_display().lower()}{until}: {ban.reason.rstrip('.')}."

"""Which active bans match a commenter."""

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.comments.bans import identifiers
from articles.comments.bans.models import Ban
from articles.comments.models import Comment
from articles.comments.screening.word_matching import folded

type Identifier = tuple[str, str]
"""Kind of a ban, and the value it compares, unhashed."""


def identifiers_of(comment: Comment, ip_address: str = "") -> list[Identifier]:
    """Returns the identifiers by which the commenter of a comment can be banned."""
    email = comment.user.email if comment.user else comment.email
    values = [
        (Ban.Kind.ACCOUNT, str(comment.user_id or "")),
        (Ban.Kind.EMAIL, email.lower()),
        (Ban.Kind.NAME, folded(comment.public_name)),
        (Ban.Kind.IP_ADDRESS, identifiers.single_ip_address(ip_address)),
        (Ban.Kind.NETWORK, identifiers.network(ip_address)),
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
        matches |= Q(kind=kind, value__in=identifiers.stored_values(kind, plain))
    bans = Ban.objects.active().filter(matches).select_related("created_by")
    return [ban for ban in bans if _applies(ban, comment)]


def select_matching(bans: dict[tuple[str, str], Ban], comment: Comment) -> list[Ban]:
    """Selects from `active_bans()` those of the commenter of a comment."""
    keys = [
        (kind, value)
        for kind, plain in (identifiers_of(comment) if bans else [])
        for value in identifiers.stored_values(kind, plain)
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
    return _joined(sentences[0]), _joined(sentences[1])


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


def _joined(sentences: Sequence[str]) -> str:
    return " ".join(sentences)

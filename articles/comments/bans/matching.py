"""Which active bans match a commenter."""

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.comments.bans import identifiers
from articles.comments.bans.models import Ban
from articles.comments.models import Comment
from articles.comments.screening.word_matching import folded

type Mark = tuple[str, str]
"""Kind of a ban and what it compares, as it stands with the comment."""


def marks_of(comment: Comment, address: str = "") -> list[Mark]:
    """All by which a ban could mean the commenter of a comment."""
    email = comment.user.email if comment.user else comment.email
    found = [
        (Ban.Kind.ACCOUNT, str(comment.user_id or "")),
        (Ban.Kind.EMAIL, email.lower()),
        (Ban.Kind.NAME, folded(comment.public_name)),
        (Ban.Kind.IP_ADDRESS, identifiers.single_ip_address(address)),
        (Ban.Kind.NETWORK, identifiers.network(address)),
    ]
    return [(str(kind), value) for kind, value in found if value]


def means(ban: Ban, comment: Comment) -> bool:
    """Whether a ban with one of the comment's marks speaks of its commenter.

    Anybody can type anybody's address as a guest: a ban of one that only a guest gave does not
    reach the account that has it.
    """
    return ban.kind != Ban.Kind.EMAIL or comment.user_id is None or ban.user_id is not None


def matching_bans(comment: Comment, address: str = "") -> list[Ban]:
    """The bans active that mean the commenter of a comment, in one query."""
    meant = Q(pk__in=[])
    for kind, plain in marks_of(comment, address):
        meant |= Q(kind=kind, value__in=identifiers.stored_as(kind, plain))
    found = Ban.objects.active().filter(meant).select_related("created_by")
    return [ban for ban in found if means(ban, comment)]


def among(bans: dict[tuple[str, str], Ban], comment: Comment) -> list[Ban]:
    """Of bans looked up beforehand (`in_force`), those that mean the commenter of a comment."""
    marks = [
        (kind, value)
        for kind, plain in (marks_of(comment) if bans else [])
        for value in identifiers.stored_as(kind, plain)
    ]
    return [bans[each] for each in marks if each in bans and means(bans[each], comment)]


def in_force() -> dict[tuple[str, str], Ban]:
    """Every ban that counts now by kind and value, for looking over many comments."""
    bans = Ban.objects.active().select_related("created_by")
    return {(ban.kind, ban.value): ban for ban in bans}


def in_words(bans: Iterable[Ban]) -> tuple[str, str]:
    """What moderators read: of bans that are certain, and of those that may mean somebody else."""
    told: tuple[list[str], list[str]] = ([], [])
    for ban in bans:
        told[not _is_certain(ban)].append(_sentence(ban))
    return _joined(told[0]), _joined(told[1])


def _is_certain(ban: Ban) -> bool:
    """Nobody else writes from an account, or from the address of one.

    A name or a network may be shared with somebody innocent, and a guest may have typed the address
    of somebody else.
    """
    return ban.user_id is not None


def _sentence(ban: Ban) -> str:
    until = (
        f" until {date_format(localtime(ban.expires_at), 'DATETIME_FORMAT')}"
        if ban.expires_at
        else ""
    )
    who = ban.created_by.public_name if ban.created_by else "Somebody"
    deed = "suspended" if ban.expires_at else "banned"
    return f"{who} {deed} this {ban.get_kind_display().lower()}{until}: {ban.reason.rstrip('.')}."


def _joined(sentences: Sequence[str]) -> str:
    return " ".join(sentences)

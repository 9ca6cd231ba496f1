"""Which bans in force speak of a writer."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.comments.banning import networks
from articles.comments.banning.models import Ban
from articles.comments.models import Comment
from articles.comments.screening.words import folded

CERTAIN: Final = frozenset({Ban.Kind.ACCOUNT, Ban.Kind.EMAIL})
"""Nobody else writes from these; a name or a network may be shared with somebody innocent."""

type Mark = tuple[str, str]
"""Kind of a ban and what it compares."""


def marks_of(comment: Comment, address: str = "") -> list[Mark]:
    """All by which a ban could mean the writer of a comment."""
    email = comment.user.email if comment.user else comment.email
    found = [
        (Ban.Kind.ACCOUNT, str(comment.user_id or "")),
        (Ban.Kind.EMAIL, email.lower()),
        (Ban.Kind.NAME, folded(comment.public_name)),
        (Ban.Kind.ADDRESS, networks.one_address(address)),
        (Ban.Kind.NETWORK, networks.network(address)),
    ]
    return [(str(kind), value) for kind, value in found if value]


def against(comment: Comment, address: str = "") -> list[Ban]:
    """The bans in force that mean the writer of a comment, in one query."""
    meant = Q(pk__in=[])
    for kind, value in marks_of(comment, address):
        meant |= Q(kind=kind, value=value)
    return list(Ban.objects.in_force().filter(meant).select_related("made_by"))


def in_force() -> dict[Mark, Ban]:
    """Every ban that counts now, for looking over many comments."""
    bans = Ban.objects.in_force().select_related("made_by")
    return {(ban.kind, ban.value): ban for ban in bans}


def in_words(bans: Iterable[Ban]) -> tuple[str, str]:
    """What moderators read: of bans that are certain, and of those that may mean somebody else."""
    told: tuple[list[str], list[str]] = ([], [])
    for ban in bans:
        told[ban.kind not in CERTAIN].append(_sentence(ban))
    return _joined(told[0]), _joined(told[1])


def _sentence(ban: Ban) -> str:
    until = f" until {date_format(localtime(ban.until), 'j F Y, H:i')}" if ban.until else ""
    who = ban.made_by.public_name if ban.made_by else "Somebody"
    deed = "suspended" if ban.until else "banned"
    return f"{who} {deed} this {ban.get_kind_display().lower()}{until}: {ban.why.rstrip('.')}."


def _joined(sentences: Sequence[str]) -> str:
    return " ".join(sentences)

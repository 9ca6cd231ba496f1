"""What the worker looks at outside before an issue goes out: links to other sites, and the sender's names."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from iria.kit import outward
from iria.kit.text import storable
from newsletter import queueing
from newsletter.letter import composing
from newsletter.letter.composing import Letter
from newsletter.models import Issue, Look
from newsletter.preflight import links, names

GOOD_FOR: Final = timedelta(hours=6)
BAD_FOR: Final = timedelta(minutes=1)
"""A dead link is looked at again soon: somebody may have mended it."""
MOST_LINKS: Final = 200

Kind = Look.Kind


def look_soon(issue: Issue, letter: Letter) -> None:
    """Has the worker look where nobody has looked lately."""
    if _unseen(Kind.LINK, links.outside(letter)) or _unseen(
        Kind.NAME, names.of_sender(issue.newsletter)
    ):
        queueing.look_soon(issue.pk)


def look(issue_id: int) -> int:
    """Looks at all that an issue leads to and was not looked at lately; returns at how much."""
    issue = Issue.objects.filter(pk=issue_id).first()
    if issue is None or not issue.is_draft:
        return 0
    todo = _unseen(Kind.LINK, links.outside(composing.compose(issue)))
    agent = f"IRIA, looking at the links of a newsletter ({settings.SITE_URL})"
    for address in todo:
        seen = outward.look_at(address, agent=agent)
        _keep(Kind.LINK, address, good=seen.answers, words=seen.words)
    named = _unseen(Kind.NAME, names.of_sender(issue.newsletter))
    for name in named:
        trouble = names.trouble_with(name)
        _keep(Kind.NAME, name, good=not trouble, words=trouble)
    return len(todo) + len(named)


def _unseen(kind: Look.Kind, what: Iterable[str]) -> list[str]:
    wanted = list(what)[:MOST_LINKS]
    now = timezone.now()
    fresh = Q(good=True, looked_at__gt=now - GOOD_FOR) | Q(looked_at__gt=now - BAD_FOR)
    known = Look.objects.filter(fresh, kind=kind, what__in=wanted)
    seen = set(known.values_list("what", flat=True))
    return [each for each in wanted if each not in seen]


def _keep(kind: Look.Kind, what: str, *, good: bool, words: str) -> None:
    Look.objects.update_or_create(
        kind=kind,
        what=what,
        defaults={"good": good, "words": storable(words)[:500], "looked_at": timezone.now()},
    )

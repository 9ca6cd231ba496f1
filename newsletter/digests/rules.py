"""Saving the rule of a digest, and since when it counts."""

from collections.abc import Collection

from django.utils import timezone

from newsletter.email import editor_html
from newsletter.models import DigestRule


def save(rule: DigestRule, *, changed: Collection[str] | None) -> None:
    """Keeps a rule.

    Switched on, it makes good for nothing that ended before; with another day or time it waits for
    the next of these.

    Args:
        changed: the names of what an editor changed; None for a new rule.
    """
    rule.introduction = editor_html.clean(rule.introduction)
    names = {"on"} if changed is None else set(changed)
    now = timezone.now()
    if rule.on and names & {"on", "rhythm", "newsletter"}:
        rule.since = rule.timed_since = now
    elif names & {"at", "day"}:
        rule.timed_since = now
    rule.save()

"""Saves digest rules."""

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
    names = {"enabled"} if changed is None else set(changed)
    now = timezone.now()
    if rule.enabled and names & {"enabled", "frequency", "newsletter"}:
        rule.enabled_at = rule.schedule_changed_at = now
    elif names & {"time_of_day", "day"}:
        rule.schedule_changed_at = now
    rule.save()

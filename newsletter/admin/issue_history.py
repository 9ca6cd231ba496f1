"""The history of an issue: who saved what, from Django's log, and what happened when it was sent."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from newsletter.models import DeliveryEvent, Issue

CREATED: Final = "Created."
FOLDED: Final = timedelta(minutes=10)
"""What one editor saves within this time is one line, as in the history of an article."""
SHOWN: Final = 200
"""Lines of each kind."""


@dataclass(frozen=True, slots=True)
class Line:
    """Without `by` it happened automatically."""

    at: datetime
    by: User | None
    what: str


def lines_of(issue: Issue) -> list[Line]:
    """The newest first."""
    changes = _changes(issue).select_related("user").order_by("-action_time", "-pk")[:SHOWN]
    lines = [Line(each.action_time, each.user, each.get_change_message()) for each in changes]
    events = issue.events.select_related("created_by").order_by("-pk")[:SHOWN]
    lines += [Line(each.created_at, each.created_by, _described(each)) for each in events]
    lines.append(Line(issue.created_at, issue.created_by, CREATED))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def log_change(issue: Issue, message: list[dict[str, Any]], *, by: User) -> None:
    """Adds the names of the changed fields to the line of this editor, or a line.

    Args:
        message: as Django makes it; empty if nothing was changed.
    """
    if not message:
        return
    latest = _changes(issue).order_by("-action_time", "-pk").first()
    recent = timezone.now() - FOLDED
    if latest and latest.user_id == by.pk and latest.action_time > recent:
        before = json.loads(latest.change_message)
        names = [name for part in (*before, *message) for name in part["changed"]["fields"]]
        latest.change_message = json.dumps([{"changed": {"fields": list(dict.fromkeys(names))}}])
        latest.save(update_fields=["change_message"])
        return
    LogEntry.objects.log_actions(by.pk, [issue], CHANGE, message)


def _changes(issue: Issue) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(
        content_type=get_content_type_for_model(issue), object_id=issue.pk, action_flag=CHANGE
    ).exclude(change_message__in=["", "[]"])


def _described(event: DeliveryEvent) -> str:
    label = event.get_action_display()
    return f"{label}: {event.details}" if event.details else f"{label}."

"""What the newsletter has waiting for somebody, on the first page of the desk."""

from typing import Any

from django.urls import reverse

from iria.kit.registry import Waiting
from newsletter.bounces import watching
from newsletter.models import Delivery, Issue


def waiting_for(user: Any) -> list[Waiting]:
    """Drafts, and what is going out now, for whoever may write issues."""
    if not user.has_perm("newsletter.change_issue"):
        return []
    if trouble := watching.trouble():
        returned = reverse("admin:newsletter_bounce_changelist")
        return [Waiting(f"What comes back is not read. {trouble}", 1, returned), *_of_issues()]
    return _of_issues()


def _of_issues() -> list[Waiting]:
    issues = reverse("admin:newsletter_issue_changelist")
    found = []
    drafts = Issue.objects.filter(state=Issue.State.DRAFT).count()
    if drafts:
        words = "One newsletter waits" if drafts == 1 else f"{drafts} newsletters wait"
        found.append(Waiting(f"{words} to be sent", drafts, f"{issues}?state__exact=draft"))
    return found + [_going_out(issue) for issue in Issue.objects.under_way()]


def _going_out(issue: Issue) -> Waiting:
    page = reverse("admin:newsletter_issue_change", args=[issue.pk])
    if issue.state == Issue.State.SCHEDULED:
        return Waiting(f"“{issue}” waits to go out", 1, page)
    counts = issue.deliveries.counts()
    total = sum(counts.values())
    done = total - sum(counts[state] for state in Delivery.OPEN)
    is_what = "is paused" if issue.state == Issue.State.PAUSED else "is being sent"
    words = f"“{issue}” {is_what}: {done} of {total}"
    if issue.trouble:
        words += f" – held up: {issue.trouble}"
    return Waiting(words, total - done, page)

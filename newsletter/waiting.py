"""What the newsletter has waiting for somebody, on the first page of the desk."""

from typing import Any

from django.urls import reverse

from iria.kit.registry import Waiting
from newsletter.bounces import watching
from newsletter.models import Delivery, Digest, DigestRule, Issue, Rhythm, Subscription
from newsletter.models.digest import COMPOSED


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
    found = _of_digests()
    drafts = Issue.objects.filter(state=Issue.State.DRAFT, digest__isnull=True).count()
    if drafts:
        words = "One newsletter waits" if drafts == 1 else f"{drafts} newsletters wait"
        found.append(Waiting(f"{words} to be sent", drafts, f"{issues}?state__exact=draft"))
    return found + [_going_out(issue) for issue in Issue.objects.under_way()]


def _of_digests() -> list[Waiting]:
    """Those that wait for approval, or could not go out; and rhythms for which nothing is composed."""
    page = reverse("admin:newsletter_digest_changelist")
    held = Digest.objects.filter(issues__state=Issue.State.DRAFT).distinct()
    found = []
    if count := held.filter(held=True).count():
        words = "One digest waits" if count == 1 else f"{count} digests wait"
        found.append(Waiting(f"{words} for approval", count, page))
    if count := held.filter(held=False, issues__trouble__gt="").count():
        words = "One digest has" if count == 1 else f"{count} digests have"
        found.append(Waiting(f"{words} not gone out by itself", count, page))
    return [*found, *_without_rule()]


def _without_rule() -> list[Waiting]:
    rules = reverse("admin:newsletter_digestrule_changelist")
    chosen = Subscription.objects.standing().filter(rhythm__in=COMPOSED)
    pairs = set(chosen.order_by().values_list("newsletter__name", "rhythm").distinct())
    ruled = set(DigestRule.objects.values_list("newsletter__name", "rhythm"))
    return [
        Waiting(
            f"Nothing is composed for those who chose “{name}” “{Rhythm(rhythm).label}”", 1, rules
        )
        for name, rhythm in sorted(pairs - ruled)
    ]


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

"""What the newsletter has waiting for somebody, on the first page of the desk."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from iria.core.hooks import DashboardItem
from newsletter.bounces import mailbox
from newsletter.models import Delivery, Digest, DigestRule, Issue, Newsletter, Subscription
from newsletter.models.digest import COMPOSED


def waiting_for(user: Any) -> list[DashboardItem]:
    """Drafts, and what is going out now, for whoever may write issues."""
    if not user.has_perm("newsletter.change_issue"):
        return []
    if trouble := mailbox.trouble():
        returned = reverse("admin:newsletter_bounce_changelist")
        return [
            DashboardItem(f"Not all that comes back is read. {trouble}", 1, returned),
            *_of_issues(),
        ]
    return _of_issues()


def _of_issues() -> list[DashboardItem]:
    issues = reverse("admin:newsletter_issue_changelist")
    found = _of_digests()
    drafts = Issue.objects.filter(state=Issue.State.DRAFT, digest__isnull=True).count()
    if drafts:
        words = "One newsletter waits" if drafts == 1 else f"{drafts} newsletters wait"
        found.append(DashboardItem(f"{words} to be sent", drafts, f"{issues}?state__exact=draft"))
    return found + _going_out()


def _of_digests() -> list[DashboardItem]:
    """Those that wait for approval, or could not go out; and rhythms for which nothing is composed."""
    page = reverse("admin:newsletter_digest_changelist")
    drafts = Issue.objects.filter(state=Issue.State.DRAFT, digest__isnull=False)
    counted = drafts.aggregate(
        to_approve=Count("digest", filter=Q(held=True), distinct=True),
        stuck=Count("digest", filter=Q(held=False, trouble__gt=""), distinct=True),
    )
    found = []
    if count := counted["to_approve"]:
        words = "One digest waits" if count == 1 else f"{count} digests wait"
        found.append(DashboardItem(f"{words} for approval", count, page))
    if count := counted["stuck"]:
        words = "One digest has" if count == 1 else f"{count} digests have"
        found.append(DashboardItem(f"{words} not gone out by itself", count, page))
    return [*found, *_without_rule()]


def _without_rule() -> list[DashboardItem]:
    """Rhythms that somebody chose and that no rule serves, or one that is switched off."""
    rules = reverse("admin:newsletter_digestrule_changelist")
    ruled = set(DigestRule.objects.filter(on=True).values_list("newsletter", "rhythm"))
    chosen = Subscription.objects.standing().filter(newsletter=OuterRef("pk"))
    # Asked one by one and not grouped, so that nobody reads all subscriptions for it.
    asked = Newsletter.objects.order_by("position", "pk").values_list(
        "pk", "name", *(Exists(chosen.filter(rhythm=rhythm)) for rhythm in COMPOSED)
    )
    return [
        DashboardItem(
            f"Nothing is composed for those who chose “{name}” “{rhythm.label}”", 1, rules
        )
        for key, name, *found in asked
        for rhythm, is_chosen in zip(COMPOSED, found, strict=True)
        if is_chosen and (key, rhythm.value) not in ruled
    ]


def _going_out() -> list[DashboardItem]:
    """A line for each issue that waits for its time or is being sent, and one for each digest."""
    runs: dict[Issue | Digest, list[Issue]] = {}
    for issue in Issue.objects.under_way().select_related("digest__newsletter"):
        runs.setdefault(issue.digest or issue, []).append(issue)
    counts = Delivery.objects.counts_of([each for issues in runs.values() for each in issues])
    return [_run(run, issues, counts) for run, issues in runs.items()]


def _run(
    run: Issue | Digest, issues: list[Issue], counts: dict[int, dict[str, int]]
) -> DashboardItem:
    kind = "issue" if isinstance(run, Issue) else "digest"
    page = reverse(f"admin:newsletter_{kind}_change", args=[run.pk])
    states = {issue.state for issue in issues}
    if states == {Issue.State.SCHEDULED}:
        return DashboardItem(f"“{run}” waits to go out", len(issues), page)
    total = sum(sum(counts[issue.pk].values()) for issue in issues)
    still_to_go = sum(counts[issue.pk][state] for issue in issues for state in Delivery.OPEN)
    is_what = "is paused" if Issue.State.PAUSED in states else "is being sent"
    words = f"“{run}” {is_what}: {total - still_to_go} of {total}"
    if troubles := list(dict.fromkeys(issue.trouble for issue in issues if issue.trouble)):
        words += f" – held up: {' '.join(troubles)}"
    return DashboardItem(words, still_to_go, page)

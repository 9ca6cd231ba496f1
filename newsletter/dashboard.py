"""Items of the newsletter on the dashboard."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from iria.core.hooks import DashboardItem
from newsletter.bounces import mailbox
from newsletter.models import Delivery, Digest, DigestRule, Issue, Newsletter, Subscription
from newsletter.models.digest import DIGEST_FREQUENCIES


def dashboard_items(user: Any) -> list[DashboardItem]:
    """Returns drafts and issues in progress, for users who may edit issues."""
    if not user.has_perm("newsletter.change_issue"):
        return []
    if error := mailbox.current_error():
        returned = reverse("admin:newsletter_bounce_changelist")
        return [
            DashboardItem(f"Bounces cannot be read: {error}", 1, returned),
            *_issue_items(),
        ]
    return _issue_items()


def _issue_items() -> list[DashboardItem]:
    issues = reverse("admin:newsletter_issue_changelist")
    found = _digest_items()
    drafts = Issue.objects.filter(state=Issue.State.DRAFT, digest__isnull=True).count()
    if drafts:
        words = "1 issue" if drafts == 1 else f"{drafts} issues"
        found.append(DashboardItem(f"{words} in draft", drafts, f"{issues}?state__exact=draft"))
    return found + _in_progress_items()


def _digest_items() -> list[DashboardItem]:
    """Returns digests that need approval or failed, and frequencies without a rule."""
    page = reverse("admin:newsletter_digest_changelist")
    drafts = Issue.objects.filter(state=Issue.State.DRAFT, digest__isnull=False)
    counted = drafts.aggregate(
        to_approve=Count("digest", filter=Q(needs_approval=True), distinct=True),
        stuck=Count("digest", filter=Q(needs_approval=False, error__gt=""), distinct=True),
    )
    found = []
    if count := counted["to_approve"]:
        words = "1 digest needs" if count == 1 else f"{count} digests need"
        found.append(DashboardItem(f"{words} approval", count, page))
    if count := counted["stuck"]:
        words = "1 digest" if count == 1 else f"{count} digests"
        found.append(DashboardItem(f"{words} not sent automatically", count, page))
    return [*found, *_without_rule()]


def _without_rule() -> list[DashboardItem]:
    """Returns frequencies that have subscribers but no enabled rule."""
    rules = reverse("admin:newsletter_digestrule_changelist")
    ruled = set(DigestRule.objects.filter(enabled=True).values_list("newsletter", "frequency"))
    chosen = Subscription.objects.active().filter(newsletter=OuterRef("pk"))
    # One EXISTS query each: grouping would read all subscriptions.
    asked = Newsletter.objects.order_by("position", "pk").values_list(
        "pk",
        "name",
        *(Exists(chosen.filter(frequency=frequency)) for frequency in DIGEST_FREQUENCIES),
    )
    return [
        DashboardItem(
            f"No digest rule for “{name}”, “{frequency.label}”, which subscribers chose", 1, rules
        )
        for key, name, *found in asked
        for frequency, is_chosen in zip(DIGEST_FREQUENCIES, found, strict=True)
        if is_chosen and (key, frequency.value) not in ruled
    ]


def _in_progress_items() -> list[DashboardItem]:
    """Returns an item per issue that is scheduled or being sent, and one per digest."""
    runs: dict[Issue | Digest, list[Issue]] = {}
    for issue in Issue.objects.in_progress().select_related("digest__newsletter"):
        runs.setdefault(issue.digest or issue, []).append(issue)
    counts = Delivery.objects.counts_by_issue([each for issues in runs.values() for each in issues])
    return [_run(run, issues, counts) for run, issues in runs.items()]


def _run(
    run: Issue | Digest, issues: list[Issue], counts: dict[int, dict[str, int]]
) -> DashboardItem:
    kind = "issue" if isinstance(run, Issue) else "digest"
    page = reverse(f"admin:newsletter_{kind}_change", args=[run.pk])
    states = {issue.state for issue in issues}
    if states == {Issue.State.SCHEDULED}:
        return DashboardItem(f"“{run}” is scheduled", len(issues), page)
    total = sum(sum(counts[issue.pk].values()) for issue in issues)
    still_to_go = sum(counts[issue.pk][state] for issue in issues for state in Delivery.OPEN)
    is_what = "is paused" if Issue.State.PAUSED in states else "is being sent"
    words = f"“{run}” {is_what}: {total - still_to_go} of {total}"
    if errors := list(dict.fromkeys(issue.error for issue in issues if issue.error)):
        words += f" – error: {' '.join(errors)}"
    return DashboardItem(words, still_to_go, page)

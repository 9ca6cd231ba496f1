"""Items of the newsletter on the dashboard."""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from iria.core.hooks import DashboardItem, DashboardPanel
from newsletter.bounces import mailbox
from newsletter.models import Delivery, Digest, DigestRule, Issue, Newsletter, Subscription
from newsletter.models.newsletter import DIGEST_FREQUENCIES


def dashboard_items(user: Any) -> list[DashboardItem]:
    """Returns drafts and issues in progress, for users who may edit issues."""
    if not user.has_perm("newsletter.change_issue"):
        return []
    if error := mailbox.current_error():
        bounces_url = reverse("admin:newsletter_bounce_changelist")
        return [
            DashboardItem(f"Bounces cannot be read: {error}", 1, bounces_url),
            *_issue_items(),
        ]
    return _issue_items()


def _issue_items() -> list[DashboardItem]:
    issues_url = reverse("admin:newsletter_issue_changelist")
    items = _digest_items()
    drafts = Issue.objects.filter(state=Issue.State.DRAFT, digest__isnull=True).count()
    if drafts:
        noun = "1 issue" if drafts == 1 else f"{drafts} issues"
        items.append(DashboardItem(f"{noun} in draft", drafts, f"{issues_url}?state__exact=draft"))
    not_sent = Issue.objects.filter(state=Issue.State.DRAFT, error__gt="", digest__isnull=True)
    items += [
        DashboardItem(f"“{issue}” was not sent", 1, _issue_url(issue.pk), detail=issue.error)
        for issue in not_sent.without_content()
    ]
    return items + _in_progress_items()


def _issue_url(pk: int) -> str:
    return reverse("admin:newsletter_issue_change", args=[pk])


def _digest_items() -> list[DashboardItem]:
    """Returns digests that need approval or failed, and frequencies without a rule."""
    digests_url = reverse("admin:newsletter_digest_changelist")
    drafts = Issue.objects.filter(state=Issue.State.DRAFT, digest__isnull=False)
    counts = drafts.aggregate(
        to_approve=Count("digest", filter=Q(needs_approval=True), distinct=True),
        stuck=Count("digest", filter=Q(needs_approval=False, error__gt=""), distinct=True),
    )
    items = []
    if count := counts["to_approve"]:
        noun = "1 digest needs" if count == 1 else f"{count} digests need"
        items.append(DashboardItem(f"{noun} approval", count, digests_url))
    if count := counts["stuck"]:
        noun = "1 digest" if count == 1 else f"{count} digests"
        items.append(DashboardItem(f"{noun} not sent automatically", count, digests_url))
    return [*items, *_without_rule()]


def _without_rule() -> list[DashboardItem]:
    """Returns frequencies that have subscribers but no enabled rule."""
    rules_url = reverse("admin:newsletter_digestrule_changelist")
    with_rule = set(DigestRule.objects.filter(enabled=True).values_list("newsletter", "frequency"))
    subscriptions = Subscription.objects.active().filter(newsletter=OuterRef("pk"))
    # One EXISTS query each: grouping would read all subscriptions.
    newsletters = Newsletter.objects.order_by("position", "pk").values_list(
        "pk",
        "name",
        *(Exists(subscriptions.filter(frequency=frequency)) for frequency in DIGEST_FREQUENCIES),
    )
    return [
        DashboardItem(
            f"No digest rule for “{name}”, “{frequency.label}”, which subscribers chose",
            1,
            rules_url,
        )
        for pk, name, *chosen in newsletters
        for frequency, is_chosen in zip(DIGEST_FREQUENCIES, chosen, strict=True)
        if is_chosen and (pk, frequency.value) not in with_rule
    ]


def _in_progress_items() -> list[DashboardItem]:
    """Returns an item per issue that is scheduled or being sent, and one per digest."""
    groups: dict[Issue | Digest, list[Issue]] = {}
    in_progress = Issue.objects.in_progress().select_related("digest__newsletter")
    for issue in in_progress.without_content():
        groups.setdefault(issue.digest or issue, []).append(issue)
    counts = Delivery.objects.counts_by_issue(
        [issue for issues in groups.values() for issue in issues]
    )
    return [_progress_item(group, issues, counts) for group, issues in groups.items()]


def _progress_item(
    group: Issue | Digest, issues: list[Issue], counts: dict[int, dict[str, int]]
) -> DashboardItem:
    kind = "issue" if isinstance(group, Issue) else "digest"
    url = reverse(f"admin:newsletter_{kind}_change", args=[group.pk])
    states = {issue.state for issue in issues}
    if states == {Issue.State.SCHEDULED}:
        return DashboardItem(f"“{group}” is scheduled", len(issues), url)
    total = sum(sum(counts[issue.pk].values()) for issue in issues)
    remaining = sum(counts[issue.pk][state] for issue in issues for state in Delivery.OPEN)
    status = "is paused" if Issue.State.PAUSED in states else "is being sent"
    label = f"“{group}” {status}: {total - remaining} of {total}"
    if errors := list(dict.fromkeys(issue.error for issue in issues if issue.error)):
        label += f" – error: {' '.join(errors)}"
    return DashboardItem(label, remaining, url)


def newsletter_panel(user: Any) -> DashboardPanel | None:
    """The next issue that is not sent, and how the last one was delivered."""
    if not user.has_perm("newsletter.change_issue"):
        return None
    issues = Issue.objects.select_related("newsletter").without_content()
    following = issues.filter(state__in=Issue.EDITABLE_STATES, digest__isnull=True)
    last = issues.filter(state=Issue.State.SENT).order_by("-sent_at").first()
    context = {
        "next": following.order_by(F("send_at").asc(nulls_last=True), "-pk").first(),
        "last": last,
        "delivered": last and _delivered_percent(last),
    }
    if not context["next"] and not last:
        return None
    more = ("Issues", reverse("admin:newsletter_issue_changelist"))
    return DashboardPanel(
        "Newsletter", "admin/dashboard/newsletter.html", context, more, beside=True
    )


def _delivered_percent(issue: Issue) -> float | None:
    counts = Delivery.objects.counts_by_issue([issue])[issue.pk]
    total = sum(counts.values())
    return 100 * counts[Delivery.State.SENT] / total if total else None

"""The progress of an issue: every number with the list behind it. Old deliveries are deleted, the numbers stay."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, Min, OuterRef
from django.db.models.functions import Now
from django.urls import reverse

from articles.editorial.models import Article
from newsletter.models import Attempt, Bounce, Delivery, DeliveryEvent, Issue, Subscriber

State = Delivery.State
RATE_PERIOD: Final = timedelta(minutes=1)
MAX_UNCERTAIN_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class StateCount:
    """The number of deliveries in a state, and the URL of their list."""

    state: str
    name: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link of an issue and its clicks."""

    url: str
    name: str
    clicks: int


@dataclass(frozen=True, slots=True)
class Progress:
    """The number of recipients (the sum of all states), the speed, and the time left."""

    recipients: int
    states: list[StateCount]
    per_minute: int
    left: timedelta | None
    next_at: datetime | None
    """When the first deferred delivery is tried again."""
    unresolved: list[Delivery]
    unresolved_count: int
    events: list[DeliveryEvent]

    @classmethod
    def of(cls, issue: Issue) -> Self:
        counts = Delivery.objects.counts_by_issue([issue])[issue.pk]
        list_url = reverse("admin:newsletter_delivery_changelist")
        states = [
            StateCount(
                state,
                State(state).label,
                count,
                f"{list_url}?issue__id__exact={issue.pk}&state__exact={state}",
            )
            for state, count in counts.items()
        ]
        per_minute = _per_minute(issue) if issue.state == Issue.State.SENDING else 0
        pending = counts[State.QUEUED] + counts[State.CLAIMED]
        unresolved = issue.deliveries.unresolved().select_related("subscriber")
        deferred = issue.deliveries.filter(state=State.DEFERRED)
        return cls(
            recipients=sum(counts.values()),
            states=states,
            per_minute=per_minute,
            left=timedelta(minutes=pending / per_minute) if pending and per_minute else None,
            next_at=deferred.aggregate(first=Min("due_at"))["first"]
            if counts[State.DEFERRED]
            else None,
            unresolved=list(unresolved[:MAX_UNCERTAIN_SHOWN]) if counts[State.UNCERTAIN] else [],
            unresolved_count=unresolved.count() if counts[State.UNCERTAIN] else 0,
            events=list(issue.events.select_related("created_by")),
        )

    @property
    def shown(self) -> list[StateCount]:
        """The states that occur; those of pending deliveries come last."""
        occurring = [count for count in self.states if count.count]
        return sorted(occurring, key=lambda count: count.state in Delivery.WAITING)

    @property
    def delivered(self) -> int:
        """The number of e-mails that arrived, as far as is known."""
        return self._sum(State.SENT, State.COMPLAINED)

    @property
    def percent_delivered(self) -> float:
        return 100 * self.delivered / max(1, self.recipients)

    @property
    def percent_failed(self) -> float:
        return 100 * self._sum(State.REJECTED, State.BOUNCED) / max(1, self.recipients)

    def _sum(self, *states: State) -> int:
        return sum(count.count for count in self.states if count.state in states)

    @property
    def time_left(self) -> str:
        """Returns a rough estimate as text."""
        if self.left is None:
            return ""
        minutes = self.left.total_seconds() / 60
        if minutes < 1:
            return "less than a minute"
        if minutes < 90:
            return f"about {round(minutes)} minutes" if round(minutes) > 1 else "about a minute"
        return f"about {minutes / 60:.1f} hours"


def _per_minute(issue: Issue) -> int:
    """Returns the results of the last minute, extrapolated if sending started less than that ago."""
    recent = Attempt.objects.filter(
        delivery__issue=issue, answered_at__gt=Now() - RATE_PERIOD
    ).exclude(outcome=Attempt.Outcome.UNREACHABLE)
    elapsed = ExpressionWrapper(Now() - Min("answered_at"), output_field=DurationField())
    results = recent.aggregate(count=Count("pk"), since=elapsed)
    if not results["count"]:
        return 0
    seconds: float = max(1.0, results["since"].total_seconds())
    count: int = results["count"]
    return round(count * 60 / seconds)


def named_links(issue: Issue) -> list[NamedLink]:
    """Returns the tracked links, most clicks first, each named by its article or else by its URL."""
    headlines = {
        f"{settings.SITE_URL}{article.get_absolute_url()}": article.headline
        for article in Article.objects.filter(pk__in=issue.items.values("article_id"))
    }
    return [
        NamedLink(link.url, headlines.get(link.url, link.url), link.clicks)
        for link in issue.links.all()
    ]


def unsubscribed_after(issue: Issue) -> int:
    """Counts subscribers whose last e-mail before they unsubscribed from everything was this issue.

    Starts from those who unsubscribed since it was sent: they are far fewer than its recipients.
    """
    if issue.delivery_counts:
        return int(issue.delivery_counts["unsubscribed"])
    unsubscribed = Subscriber.objects.filter(unsubscribed_at__gte=issue.started_at)
    sent = Delivery.objects.filter(
        issue=issue, subscriber__in=unsubscribed, subscriber__unsubscribed_at__gte=F("sending_at")
    )
    later = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"),
        sending_at__gt=OuterRef("sending_at"),
        sending_at__lte=OuterRef("subscriber__unsubscribed_at"),
    )
    return sent.exclude(Exists(later)).count()


ATTEMPTS_KEPT: Final = timedelta(days=90)
DELIVERIES_KEPT: Final = timedelta(days=730)
AT_ONCE: Final = 5_000
"""Deliveries in one transaction."""

IssueState = Issue.State


def delete_old(now: datetime) -> int:
    """Deletes old deliveries, attempts and bounces; returns the number of deleted rows."""
    deleted, _ = Attempt.objects.filter(
        answered_at__lt=now - ATTEMPTS_KEPT, delivery__done_at__isnull=False
    ).delete()
    before = now - DELIVERIES_KEPT
    old = Issue.objects.filter(
        Exists(Delivery.objects.filter(issue=OuterRef("pk"))),
        state__in=[IssueState.SENT, IssueState.CANCELLED],
        started_at__lt=before,
    )
    for issue in old.without_content():
        deleted += _delete_deliveries(issue, before)
    return deleted + Bounce.objects.filter(processed_at__lt=before).delete()[0]


def _delete_deliveries(issue: Issue, before: datetime) -> int:
    """Deletes the deliveries of an issue, if all are old; returns the number of deleted rows.

    Stores the numbers first, so that the next night continues where this one stops.
    """
    # A delivery may be repeated long after the issue was sent.
    if issue.deliveries.exclude(done_at__lt=before).exists():
        return 0
    if issue.delivery_counts is None:
        counts = {**issue.deliveries.counts(), "unsubscribed": unsubscribed_after(issue)}
        Issue.objects.filter(pk=issue.pk).update(delivery_counts=counts)
    deleted = 0
    while chunk := list(issue.deliveries.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        deleted += Delivery.objects.filter(pk__in=chunk).delete()[0]
    return deleted

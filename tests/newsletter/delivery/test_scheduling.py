"""A scheduled issue starts once, however late, and can be unscheduled until then."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from newsletter.delivery import sending
from newsletter.email import drafts
from newsletter.email.drafts import IssueArticle
from newsletter.models import Issue
from newsletter.subscriptions import opt_in
from tests.newsletter.factories import issue, start_scheduled_issues, subscriber, subscribers
from tests.newsroom import published
from tests.together import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
OLA = "ola@readers.example"


def test_an_issue_can_be_unscheduled_within_the_minute(edna: User) -> None:
    subscribers(2)
    draft = issue()
    sending.send_in_a_minute(draft, by=edna)
    assert sending.start_due() == []
    assert sending.unschedule(draft, by=edna)
    assert draft.is_draft
    assert sending.start_due() == []
    assert not draft.deliveries.exists()
    assert [event.action for event in draft.events.all()] == ["scheduled", "taken_back"]
    drafts.save(draft, [IssueArticle(published("Another"))], by=edna)
    sending.send_in_a_minute(draft, by=edna)
    assert start_scheduled_issues() == [draft.pk]
    assert not sending.unschedule(draft, by=edna)


def test_recipients_are_those_subscribed_at_the_scheduled_time(edna: User) -> None:
    ola = subscriber(OLA)
    subscriber("mina@readers.example")
    draft = issue()
    sending.send_at(draft, timezone.now() + timedelta(hours=3), by=edna)
    opt_in.unsubscribe(ola.token)
    subscriber("late@readers.example")
    start_scheduled_issues()
    recipients = draft.deliveries.values_list("subscriber__email", flat=True)
    assert set(recipients) == {"mina@readers.example", "late@readers.example"}


def test_a_scheduled_issue_cannot_be_edited(edna: User) -> None:
    subscribers(1)
    draft = issue("As it waits")
    sending.send_in_a_minute(draft, by=edna)
    draft.subject = "Other words"
    with pytest.raises(drafts.NotADraft):
        drafts.save(draft, None, by=edna)
    start_scheduled_issues()
    with pytest.raises(drafts.NotADraft):
        drafts.save(draft, None, by=edna)
    draft.refresh_from_db()
    assert draft.subject == "As it waits"


def test_a_blocked_issue_becomes_a_draft_again_with_the_reason(edna: User) -> None:
    subscribers(2)
    article = published("Gone by then")
    draft = issue("Too late", article)
    sending.send_in_a_minute(draft, by=edna)
    publishing.unpublish(article, by=edna)
    assert start_scheduled_issues() == []
    draft.refresh_from_db()
    assert draft.is_draft
    assert "Not sent at the scheduled time:" in draft.error
    assert "“Gone by then” is not published" in draft.error
    assert not draft.deliveries.exists()
    publishing.publish(article, by=edna)
    sending.send_in_a_minute(draft, by=edna)
    assert draft.error == ""


def test_an_issue_with_a_missed_time_is_sent_once_and_reported_as_late(
    edna: User,
) -> None:
    subscribers(2)
    draft = issue()
    sending.send_at(draft, timezone.now() + timedelta(hours=1), by=edna)
    # No worker runs for three hours; then two start.
    Issue.objects.update(send_at=Now() - timedelta(hours=3))
    assert sending.start_due() == [draft.pk]
    assert sending.start_due() == []
    draft.refresh_from_db()
    assert draft.deliveries.count() == 2
    assert draft.delay is not None
    assert timedelta(hours=2, minutes=59) < draft.delay < timedelta(hours=3, minutes=1)
    (started,) = draft.events.filter(action="started")
    assert "180 minutes late" in started.details
    assert started.created_by == edna


def test_an_issue_sent_on_time_is_not_reported_as_late(edna: User) -> None:
    subscribers(1)
    draft = issue()
    sending.send_in_a_minute(draft, by=edna)
    start_scheduled_issues()
    draft.refresh_from_db()
    assert draft.delay is None
    assert draft.events.get(action="started").details == "Recipients: 1."


def test_a_worker_with_a_fast_clock_starts_nothing_early(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribers(1)
    draft = issue()
    sending.send_at(draft, timezone.now() + timedelta(hours=1), by=edna)
    ahead = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    assert sending.start_due() == []
    assert not sending.start_scheduled(draft.pk)


def test_a_time_in_the_past_is_rejected(edna: User) -> None:
    subscribers(1)
    draft = issue()
    with pytest.raises(sending.NotReady, match="in the past"):
        sending.send_at(draft, timezone.now() - timedelta(seconds=1), by=edna)
    draft.refresh_from_db()
    assert draft.is_draft


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_start_a_due_issue_once(edna: User) -> None:
    subscribers(5)
    draft = issue()
    sending.send_in_a_minute(draft, by=edna)
    Issue.objects.update(send_at=Now())
    starts = at_once(*[lambda: sending.start_scheduled(draft.pk)] * 4)
    assert sorted(starts) == [False, False, False, True]
    assert draft.deliveries.count() == 5
    assert draft.events.filter(action="started").count() == 1

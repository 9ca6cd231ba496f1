"""Pausing, resuming and cancelling, manually and automatically."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from newsletter.delivery import controls, sending, worker
from newsletter.digests import approval, composition
from newsletter.models import Delivery, Frequency, Issue, Newsletter
from tests.newsletter.digest_rules import hours_ago, rule
from tests.newsletter.factories import chose, issue, mark_one, news, subscribers
from tests.newsletter.mailserver import MailServer
from tests.newsroom import category, published
from tests.queued_jobs import Queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def started(by: User, count: int, *articles: object) -> Issue:
    subscribers(count)
    draft = issue("Under way", *articles)  # type: ignore[arg-type]
    sending.start(draft, by=by)
    return draft


def test_a_paused_issue_has_no_claims_and_resumes_where_it_was(edna: User) -> None:
    draft = started(edna, 6)
    worker.deliver_batch(draft.pk, size=2)
    controls.pause(draft, by=edna)
    assert worker.deliver_batch(draft.pk) == 0
    counts = draft.deliveries.counts()
    assert (counts["sent"], counts["queued"], counts["claimed"]) == (2, 4, 0)
    controls.resume(draft, by=edna)
    assert worker.deliver_batch(draft.pk) == 4


def test_a_delivery_in_progress_gets_its_outcome_after_a_pause(edna: User) -> None:
    draft = started(edna, 2)
    mark_one(draft)
    controls.pause(draft, by=edna)
    assert draft.deliveries.counts()["sending"] == 1


def test_issues_of_a_restored_database_wait_for_an_editor(edna: User, client: Client) -> None:
    sending_one, done = started(edna, 4), started(edna, 0)
    worker.deliver_batch(sending_one.pk, size=2)
    worker.deliver_batch(done.pk)
    scheduled = issue("For tomorrow", published("News"))
    sending.send_at(scheduled, timezone.now() + timedelta(seconds=1), by=edna)
    controls.wait_after_restore(connection.connection, "2026-11-30 03:30 UTC")
    assert sending.start_due() == sending.run_maintenance() == []
    assert worker.deliver_batch(sending_one.pk) == 0
    states = dict(Issue.objects.values_list("pk", "state"))
    assert states == {sending_one.pk: "paused", done.pk: "sent", scheduled.pk: "draft"}
    client.force_login(edna)
    for waiting in (sending_one, scheduled):
        url = reverse("admin:newsletter_issue_change", args=[waiting.pk])
        assert "2026-11-30 03:30" in client.get(url).text
        (item,) = (
            each for each in client.get("/admin/").context["dashboard_items"] if each.url == url
        )
        assert "2026-11-30 03:30" in item.label + item.detail
        assert waiting.events.latest("pk").details
    controls.resume(sending_one, by=edna)
    assert worker.deliver_batch(sending_one.pk) == 2


def test_unpublishing_an_article_pauses_at_once(
    edna: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    article, other = published("Doubtful"), published("Sound")
    draft = started(edna, 3, article, other)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.unpublish(article, by=edna)
    draft.refresh_from_db()
    assert draft.state == "paused"
    assert "“Doubtful”" in draft.error
    # The editor resumes; unpublishing another article pauses again.
    controls.resume(draft, by=edna)
    assert worker.deliver_batch(draft.pk, size=1) == 1
    with django_capture_on_commit_callbacks(execute=True):
        publishing.unpublish(other, by=edna)
    draft.refresh_from_db()
    assert draft.state == "paused"
    assert "“Sound”" in draft.error
    assert worker.deliver_batch(draft.pk) == 0
    assert len(mail.outbox) == 1


def test_an_issue_can_be_resumed_whatever_number_of_articles_was_unpublished(edna: User) -> None:
    articles = [published(f"{number} {'x' * 190}") for number in range(4)]
    draft = started(edna, 2, *articles)
    Article.objects.update(state=Article.State.DRAFT)
    assert controls.pause_if_blocked(draft)
    controls.resume(draft, by=edna)
    assert not controls.pause_if_blocked(draft)
    assert worker.deliver_batch(draft.pk) == 2


def test_twenty_rejections_in_a_row_pause_the_issue(edna: User, mail_server: MailServer) -> None:
    draft = started(edna, 40)
    mail_server.on_recipient = lambda to: "550 5.7.1 Relaying denied"
    worker.deliver_batch(draft.pk)
    draft.refresh_from_db()
    assert draft.state == "paused"
    assert draft.error == "20 e-mails were rejected in a row: 550 5.7.1 Relaying denied"
    counts = draft.deliveries.counts()
    assert (counts["refused"], counts["queued"]) == (20, 20)
    # The server is fixed and the issue is resumed.
    mail_server.on_recipient = lambda to: None
    controls.resume(draft, by=edna)
    worker.deliver_batch(draft.pk)
    draft.refresh_from_db()
    assert draft.state == "sent"
    assert draft.deliveries.counts()["sent"] == 20


def test_too_many_rejections_pause_the_issue_until_resumed(
    edna: User, mail_server: MailServer
) -> None:
    draft = started(edna, 40)
    rejected_addresses = ("1@", "3@", "5@", "7@", "9@")
    mail_server.on_recipient = lambda to: (
        "550 No" if any(end in to for end in rejected_addresses) else None
    )
    worker.deliver_batch(draft.pk, size=24)
    assert controls.pause_on_failures(Issue.objects.get())
    draft.refresh_from_db()
    assert draft.error == "12 of 24 were rejected, bounced or reported; 5 % are allowed."
    controls.resume(draft, by=edna)
    assert not controls.pause_on_failures(Issue.objects.get())
    worker.deliver_batch(draft.pk)
    assert draft.deliveries.counts()["sent"] == 20


@pytest.fixture
def issue_with_canary(edna: User) -> Issue:
    """An issue to 220 subscribers with a canary batch."""
    Newsletter.objects.filter(pk=news().pk).update(canary_percent=10, canary_minutes=10)
    return started(edna, 220)


def test_the_canary_batch_is_sent_first_and_the_rest_after_its_wait(
    issue_with_canary: Issue,
) -> None:
    first = issue_with_canary.deliveries.filter(wave=0).count()
    assert 20 <= first <= 90  # at least 50 are aimed at, by chance
    worker.deliver_batch(issue_with_canary.pk, size=220)
    assert issue_with_canary.deliveries.counts()["sent"] == first
    assert worker.deliver_batch(issue_with_canary.pk) == 0
    issue_with_canary.refresh_from_db()
    assert (issue_with_canary.state, issue_with_canary.wave) == ("sending", 0)
    Delivery.objects.filter(wave=0).update(sending_at=Now() - timedelta(minutes=11))
    assert sending.run_maintenance() == [issue_with_canary.pk]
    worker.deliver_batch(issue_with_canary.pk, size=220)
    assert issue_with_canary.deliveries.counts()["sent"] == 220
    issue_with_canary.refresh_from_db()
    assert issue_with_canary.state == "sent"
    assert issue_with_canary.events.filter(action="widened").count() == 1


def test_the_rest_is_not_sent_if_the_canary_batch_bounced(
    issue_with_canary: Issue, edna: User
) -> None:
    worker.deliver_batch(issue_with_canary.pk, size=220)
    Delivery.objects.filter(state="sent").update(sending_at=Now() - timedelta(minutes=11))
    Delivery.objects.filter(pk__in=Delivery.objects.filter(state="sent").values("pk")[:8]).update(
        state="bounced", details="550 5.1.1 No such person"
    )
    assert sending.run_maintenance() == []
    issue_with_canary.refresh_from_db()
    assert issue_with_canary.state == "paused"
    assert issue_with_canary.error.startswith("8 of ")
    assert issue_with_canary.deliveries.counts()["queued"] > 100
    controls.resume(issue_with_canary, by=edna)
    assert (issue_with_canary.state, issue_with_canary.wave) == ("sending", 1)


def test_a_short_list_or_a_newsletter_without_canary_is_sent_at_once(edna: User) -> None:
    assert not started(edna, 30).deliveries.filter(wave=0).exists()
    Newsletter.objects.update(canary_percent=0)
    draft = issue("At once")
    sending.start(draft, by=edna)
    assert not draft.deliveries.filter(wave=0).exists()


def test_the_issues_of_a_digest_share_a_canary_batch(
    edna: User,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    queued: Queued,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr("newsletter.delivery.recipients.MIN_RECIPIENTS_FOR_CANARY", 30)
    monkeypatch.setattr("newsletter.delivery.recipients.MIN_CANARY_SIZE", 1)
    Newsletter.objects.update(canary_percent=50, pause_at_percent=5)
    topics = [category(name) for name in ("Asia", "Europe")]
    for number in range(40):
        chose(f"reader{number}@readers.example", Frequency.DAILY, topics[number % 2])
    hours_ago(2, "Of both", categories=topics)
    rule()
    first, second = Issue.objects.in_bulk(composition.compose_due()).values()
    assert len(approval.send_automatic()) == 2
    mail_server.on_recipient = lambda to: "550 No" if "1@" in to else None
    share = Delivery.objects.filter(wave=0).count()
    assert 0 < share < 40
    # The rest of the first issue waits for the canary batch of the second.
    worker.deliver_batch(first.pk, size=40)
    Delivery.objects.filter(wave=0).update(sending_at=Now() - timedelta(minutes=11))
    sending.run_maintenance()
    assert set(Issue.objects.values_list("wave", flat=True)) == {0}
    worker.deliver_batch(second.pk, size=40)
    Delivery.objects.filter(wave=0).update(
        sending_at=Now() - timedelta(minutes=11), state="refused", details="550 No"
    )
    monkeypatch.setattr("newsletter.delivery.controls.MIN_RESULTS", share)
    with django_capture_on_commit_callbacks(execute=True):
        sending.run_maintenance()
    assert len(queued("newsletter.tell_of_pause")) == 1
    assert set(Issue.objects.values_list("state", flat=True)) == {"paused"}
    # Resuming one issue acknowledges the problem for all.
    controls.resume(first, by=edna)
    assert set(Issue.objects.values_list("auto_pause", flat=True)) == {False}


def test_cancelling_includes_claimed_deliveries(edna: User) -> None:
    draft = started(edna, 5)
    Delivery.objects.filter(pk__in=Delivery.objects.values("pk")[:2]).update(
        state="deferred", details="451 Later"
    )
    assert controls.cancel(draft, by=edna)
    assert draft.deliveries.counts()["cancelled"] == 5
    assert not controls.cancel(draft, by=edna)
    with pytest.raises(controls.NotNow):
        controls.resume(draft, by=edna)

"""Digests are sent automatically or after approval; never late, never twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.images.models import Image
from newsletter.dashboard import dashboard_items
from newsletter.delivery import recipients, sending
from newsletter.digests import approval, composition
from newsletter.models import Delivery, Digest, Frequency, Issue
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.admin_pages import issue_form_data, issue_url
from tests.newsletter.digest_rules import MINA, OLA, headlines, hours_ago, rule
from tests.newsletter.factories import chose, mail_image, news, start_scheduled_issues
from tests.newsroom import category
from tests.together import at_once, begin_and_wait

pytestmark = pytest.mark.django_db


def test_a_blocked_digest_is_reported_and_retried(edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "Pictured", lead_image=mail_image())
    rule()
    (issue_id,) = composition.compose_due()
    Image.objects.update(licensed_for_newsletter=False)
    assert approval.send_automatic() == []
    issue = Issue.objects.get(pk=issue_id)
    assert issue.error.startswith("Not sent automatically yet: The image")
    assert "1 digest not sent automatically" in [each.label for each in dashboard_items(edna)]
    Image.objects.update(licensed_for_newsletter=True)
    assert approval.send_automatic() == [issue_id]


def test_a_reader_who_unsubscribed_after_composing_gets_nothing() -> None:
    ola = chose(OLA, Frequency.DAILY)
    chose(MINA, Frequency.DAILY)
    hours_ago(2, "One")
    rule()
    (issue_id,) = composition.compose_due()
    opt_in.unsubscribe(ola.token)
    approval.send_automatic()
    assert [
        each.subscriber.email for each in Delivery.objects.filter(issue=issue_id) if each.subscriber
    ] == [MINA]


def test_a_reader_who_changes_topics_between_two_issues_gets_one() -> None:
    asia = category("Asia")
    chose(OLA, Frequency.DAILY, asia)
    chose(MINA, Frequency.DAILY)
    hours_ago(2, "Tokyo", categories=[asia])
    rule()
    about_asia, everything = Issue.objects.in_bulk(composition.compose_due()).values()
    if not about_asia.topics:
        about_asia, everything = everything, about_asia
    sending.start(about_asia, by=None)
    about_asia.deliveries.get().subscriber.subscriptions.update(topics=None)  # type: ignore[union-attr]
    assert [each.email for each in recipients.audience(everything)] == [MINA]
    sending.start(everything, by=None)
    assert everything.deliveries.count() == 1


def approve_and_send(by: User) -> int:
    """Approves the only digest and runs the job; returns the number of scheduled issues."""
    digest = Digest.objects.get()
    assert approval.approve(digest, by=by)
    return approval.send_approved(digest.pk)


def headlines_by_email() -> dict[str, list[str]]:
    """Returns the headlines that each subscriber received."""
    return {
        each.subscriber.email: headlines(each.issue)
        for each in Delivery.objects.select_related("subscriber", "issue")
        if each.subscriber
    }


def test_an_edited_digest_needs_approval_whatever_its_rule_says(
    editor_client: Client, edna: User
) -> None:
    chose(OLA, Frequency.DAILY)
    article = hours_ago(2, "Pictured", lead_image=mail_image())
    rule()
    (issue_id,) = composition.compose_due()
    Image.objects.update(licensed_for_newsletter=False)
    assert approval.send_automatic() == []
    issue = Issue.objects.get(pk=issue_id)
    editor_client.post(issue_url(issue, "change"), issue_form_data(article, subject="Better words"))
    Image.objects.update(licensed_for_newsletter=True)
    issue.refresh_from_db()
    sending.send_test(issue, "edna@meridian.example", by=edna)
    assert approval.send_automatic() == []
    assert not Delivery.objects.exists()
    assert "1 digest needs approval" in [each.label for each in dashboard_items(edna)]


def test_an_unscheduled_digest_is_not_sent_automatically(edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule()
    (issue_id,) = composition.compose_due()
    issue = Issue.objects.get(pk=issue_id)
    sending.send_at(issue, timezone.now() + timedelta(days=1), by=edna)
    assert sending.unschedule(issue, by=edna)
    assert approval.send_automatic() == []
    assert not Delivery.objects.exists()


def test_a_digest_without_recipients_is_not_sent_to_later_subscribers(edna: User) -> None:
    ola = chose(OLA, Frequency.DAILY)
    hours_ago(2, "Old news")
    rule()
    composition.compose_due()
    opt_in.unsubscribe(ola.token)
    assert approval.send_automatic() == []
    assert not Issue.objects.exists()
    chose(MINA, Frequency.DAILY)
    assert approval.send_automatic(timezone.now() + timedelta(days=60)) == []
    assert not Delivery.objects.exists()


def test_approving_deletes_issues_without_recipients(edna: User) -> None:
    ola = chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule(needs_approval=True)
    composition.compose_due()
    opt_in.unsubscribe(ola.token)
    assert approve_and_send(edna) == 0
    assert dashboard_items(edna) == []


def test_a_digest_that_missed_its_time_needs_approval(edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "Pictured", lead_image=mail_image())
    rule()
    (issue_id,) = composition.compose_due()
    Image.objects.update(licensed_for_newsletter=False)
    assert approval.send_automatic(timezone.now() + timedelta(hours=23)) == []
    tomorrow = timezone.now() + timedelta(hours=25)
    assert approval.send_automatic(tomorrow) == []
    Image.objects.update(licensed_for_newsletter=True)
    assert approval.send_automatic(tomorrow) == []
    assert Issue.objects.get(pk=issue_id).error.startswith(
        "It was not sent automatically in time. Approve it if it is still relevant, or delete it."
    )
    assert "1 digest needs approval" in [each.label for each in dashboard_items(edna)]


def test_a_choice_changed_after_composing_gets_its_own_issue(edna: User) -> None:
    asia = category("Asia")
    ola = chose(OLA, Frequency.DAILY, asia)
    hours_ago(3, "Tokyo", categories=[asia])
    hours_ago(2, "Elsewhere")
    rule(needs_approval=True)
    composition.compose_due()
    opt_in.choose(ola.token, Choice([SubscriptionChoice(news(), Frequency.DAILY)], language="en"))
    assert approve_and_send(edna) == 1
    start_scheduled_issues()
    assert headlines_by_email() == {OLA: ["Elsewhere", "Tokyo"]}


def test_a_deleted_digest_issue_is_not_composed_again(edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule(needs_approval=True)
    composition.compose_due()
    Issue.objects.all().delete()
    assert not approval.approve(Digest.objects.get(), by=edna)
    Digest.objects.update(being_approved=True, approved_by=edna)
    assert approval.send_approved(Digest.objects.get().pk) == 0
    assert not Issue.objects.exists()


def test_a_digest_that_cannot_be_sent_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asia = category("Asia")
    chose(OLA, Frequency.DAILY, asia)
    chose(MINA, Frequency.DAILY)
    hours_ago(2, "Tokyo", categories=[asia])
    rule()
    first, second = sorted(composition.compose_due())
    start = sending.start

    def failing(issue: Issue, *, by: User | None) -> int:
        if issue.pk == first:
            raise RuntimeError
        return start(issue, by=by)

    monkeypatch.setattr("newsletter.delivery.sending.start", failing)
    assert approval.send_automatic() == [second]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_issues_of_a_digest_never_share_a_recipient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asia = category("Asia")
    ola = chose(OLA, Frequency.DAILY, asia)
    chose(MINA, Frequency.DAILY)
    chose("teo@readers.example", Frequency.DAILY, asia)
    hours_ago(2, "Tokyo", categories=[asia])
    rule()
    composition.compose_due()
    about_asia = Issue.objects.exclude(topics=[]).get()
    everything = Issue.objects.get(topics=[])
    choice = Choice([SubscriptionChoice(news(), Frequency.DAILY)])
    snapshot, others = recipients.snapshot_recipients, []

    def slowly(issue: Issue, **options: Any) -> int:
        count = snapshot(issue, **options)
        if issue == about_asia:
            # Ola changes the topics while this transaction is not committed.
            at_once(lambda: opt_in.choose(ola.token, choice))
            others.append(begin_and_wait(lambda: sending.start(everything, by=None)))
        return count

    monkeypatch.setattr("newsletter.delivery.recipients.snapshot_recipients", slowly)
    sending.start(about_asia, by=None)
    others[0].result(60)
    assert Delivery.objects.filter(subscriber=ola).count() == 1

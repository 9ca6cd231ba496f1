"""Digest issues when topics are merged or deleted."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editorial import taxonomy
from articles.editorial.models import ArticleCategory, Category
from newsletter.delivery import controls, sending
from newsletter.digests import approval, composition
from newsletter.models import Delivery, Digest, Frequency, Issue
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.admin_pages import issue_form_data, issue_url
from tests.newsletter.digest_rules import MINA, OLA, headlines, hours_ago, rule
from tests.newsletter.factories import chose, mark_next, news, start_scheduled_issues
from tests.newsroom import category
from tests.together import at_once, begin_and_wait

pytestmark = pytest.mark.django_db
at_the_same_time = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def japan_and_asia() -> tuple[Category, Category]:
    """Ola chose Japan, Mina the sibling Asia; an article about each appeared yesterday."""
    japan, asia = category("Japan"), category("Asia")
    chose(OLA, Frequency.DAILY, japan)
    chose(MINA, Frequency.DAILY, asia)
    hours_ago(3, "Tokyo", categories=[japan])
    hours_ago(2, "Delhi", categories=[asia])
    return japan, asia


def issue_about(topic: Category) -> Issue:
    return Issue.objects.get(topics=[topic.pk])


def sent_emails() -> list[tuple[str, list[str]]]:
    """Returns the recipient and headlines of each e-mail."""
    return sorted(
        (each.subscriber.email, headlines(each.issue))
        for each in Delivery.objects.select_related("subscriber", "issue")
        if each.subscriber
    )


def test_an_issue_composed_before_a_merge_is_sent_after_it() -> None:
    japan, asia = category("Japan"), category("Asia")
    chose(OLA, Frequency.DAILY, japan)
    hours_ago(2, "Tokyo", categories=[japan])
    rule()
    (issue_id,) = composition.compose_due()
    Digest.objects.update(composed_at=timezone.now() - timedelta(minutes=5))
    taxonomy.merge_categories([japan], into=asia)
    assert approval.send_automatic() == [issue_id]
    assert sent_emails() == [(OLA, ["Tokyo"])]


def test_pending_issues_of_merged_topics_are_composed_as_one() -> None:
    japan, asia = japan_and_asia()
    rule()
    assert len(composition.compose_due()) == 2
    taxonomy.merge_categories([japan], into=asia)
    merged = issue_about(asia)
    assert Issue.objects.count() == 1
    assert approval.send_automatic() == [merged.pk]
    assert sent_emails() == [(MINA, ["Delhi", "Tokyo"]), (OLA, ["Delhi", "Tokyo"])]


@pytest.mark.parametrize("first", ["Japan", "Asia"])
def test_a_merge_sends_no_second_issue_and_skips_nobody(
    first: str,
) -> None:
    japan, asia = japan_and_asia()
    rule()
    composition.compose_due()
    sending.start(issue_about(japan if first == "Japan" else asia), by=None)
    taxonomy.merge_categories([japan], into=asia)
    assert len(approval.send_automatic()) == 1
    assert approval.send_automatic() == []
    assert sent_emails() == [(MINA, ["Delhi"]), (OLA, ["Tokyo"])]


def test_a_merge_while_both_issues_are_sent_skips_nobody() -> None:
    japan, asia = japan_and_asia()
    rule()
    composition.compose_due()
    running = [issue_about(japan), issue_about(asia)]
    approval.send_automatic()
    taxonomy.merge_categories([japan], into=asia)
    for each in running:
        mark_next(each)
        assert each.deliveries.get().state == "sending"


def test_a_merge_keeps_an_edited_issue_and_sends_nothing_twice(
    editor_client: Client, edna: User
) -> None:
    japan, asia = japan_and_asia()
    rule(needs_approval=True)
    composition.compose_due()
    touched = issue_about(japan)
    story = touched.articles.get()
    editor_client.post(issue_url(touched, "change"), issue_form_data(story, subject="Better words"))
    taxonomy.merge_categories([japan], into=asia)
    digest = Digest.objects.get()
    page = editor_client.get(
        reverse("admin:newsletter_digest_change", args=[digest.pk])
    ).content.decode()
    assert "Better words" in page
    assert "Deleted topics" in page
    approval.approve(digest, by=edna)
    assert approval.send_approved(digest.pk) == 1
    start_scheduled_issues()
    assert sent_emails() == [(MINA, ["Delhi"]), (OLA, ["Delhi"])]
    touched.refresh_from_db()
    assert touched.subject == "Better words"
    assert "No recipients" in touched.error


def test_a_scheduled_issue_follows_a_merge(edna: User) -> None:
    japan, asia = category("Japan"), category("Asia")
    chose(OLA, Frequency.DAILY, japan)
    hours_ago(2, "Tokyo", categories=[japan])
    rule(needs_approval=True)
    composition.compose_due()
    digest = Digest.objects.get()
    approval.approve(digest, by=edna)
    approval.send_approved(digest.pk)
    taxonomy.merge_categories([japan], into=asia)
    start_scheduled_issues()
    assert sent_emails() == [(OLA, ["Tokyo"])]


def test_deleting_a_topic_during_sending_keeps_those_with_other_topics() -> None:
    japan, china = category("Japan"), category("China")
    chose(OLA, Frequency.DAILY, japan, china)
    chose(MINA, Frequency.DAILY, china)
    hours_ago(2, "Beijing", categories=[china])
    rule()
    composition.compose_due()
    approval.send_automatic()
    ArticleCategory.objects.filter(category=china).delete()
    china.delete()
    states = {}
    for issue in Issue.objects.all():
        mark_next(issue)
        delivery = issue.deliveries.select_related("subscriber").get()
        states[str(delivery.subscriber)] = (issue.topics != [], delivery.state)
    # Those who chose nothing else get nothing, and no issue became one about everything.
    assert states == {OLA: (True, "sending"), MINA: (True, "suppressed")}


@at_the_same_time
def test_a_delivery_during_a_merge_is_not_lost() -> None:
    japan, asia = category("Japan"), category("Asia")
    chose(OLA, Frequency.DAILY, japan)
    hours_ago(2, "Tokyo", categories=[japan])
    rule()
    composition.compose_due()
    approval.send_automatic()
    issue = issue_about(japan)
    with transaction.atomic():
        taxonomy.merge_categories([japan], into=asia)
        thread = begin_and_wait(lambda: mark_next(issue))
    assert thread.result(20) is None
    assert issue.deliveries.get().state == "queued"
    assert mark_next(issue) is not None


@at_the_same_time
def test_a_digest_composed_during_a_merge_has_the_remaining_topic() -> None:
    japan, asia = category("Japan"), category("Asia")
    chose(OLA, Frequency.DAILY, japan)
    hours_ago(2, "Tokyo", categories=[japan])
    rule()
    with transaction.atomic():
        taxonomy.merge_categories([japan], into=asia)
        composing = begin_and_wait(composition.compose_due)
    composing.result(20)
    assert issue_about(asia).digest is not None
    assert approval.send_automatic() == [issue_about(asia).pk]
    assert sent_emails() == [(OLA, ["Tokyo"])]


@at_the_same_time
def test_starting_does_not_wait_for_readers_who_wait_for_a_merge() -> None:
    """The merge will wait for the start, which would be a deadlock."""
    japan, asia = category("Japan"), category("Asia")
    ola = chose(OLA, Frequency.DAILY, asia)
    hours_ago(2, "Delhi", categories=[asia])
    rule()
    composition.compose_due()
    choice = Choice([SubscriptionChoice(news(), Frequency.DAILY, (japan,))])
    with transaction.atomic():
        taxonomy.merge_categories([japan], into=category("Pacific"))
        choosing = begin_and_wait(lambda: opt_in.choose(ola.token, choice))
        (started,) = at_once(lambda: sending.start(issue_about(asia), by=None))
    choosing.result(20)
    assert started == 1


@at_the_same_time
def test_resuming_two_issues_of_a_digest_does_not_deadlock(
    edna: User,
) -> None:
    japan_and_asia()
    rule()
    composition.compose_due()
    approval.send_automatic()
    running = list(Issue.objects.order_by("pk"))
    for _ in range(3):
        for each in running:
            controls.pause(each, by=edna)
        at_once(*((lambda each=each: controls.resume(each, by=edna)) for each in running))
    assert {each.state for each in Issue.objects.all()} == {"sending"}


def test_a_scheduled_issue_is_not_merged_and_has_no_recipients(edna: User) -> None:
    japan, asia = japan_and_asia()
    rule(needs_approval=True)
    composition.compose_due()
    pending = issue_about(japan)
    sending.send_at(pending, timezone.now() + timedelta(days=1), by=edna)
    taxonomy.merge_categories([japan], into=asia)
    start_scheduled_issues()
    pending.refresh_from_db()
    assert pending.is_draft
    assert "No recipients: no subscriber has chosen what this e-mail is for." in pending.error

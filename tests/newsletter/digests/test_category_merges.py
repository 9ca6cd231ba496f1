"""Digest issues when topics are merged or deleted."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editorial import taxonomy
from articles.editorial.models import Category
from newsletter.delivery import sending
from newsletter.digests import approval, composition
from newsletter.models import Delivery, Digest, Frequency, Issue
from tests.newsletter.admin_pages import issue_form_data, issue_url
from tests.newsletter.digest_rules import MINA, OLA, headlines, hours_ago, rule
from tests.newsletter.factories import chose, start_scheduled_issues
from tests.newsroom import category
from tests.together import begin_and_wait

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

"""The page of a digest, where editors approve it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from newsletter import tasks
from newsletter.dashboard import dashboard_items
from newsletter.delivery import sending
from newsletter.digests import approval, composition
from newsletter.models import Delivery, Digest, DigestRule, Frequency, Issue
from tests.newsletter.admin_pages import issue_form_data, issue_url, messages_of
from tests.newsletter.digest_rules import MINA, OLA, hours_ago, rule
from tests.newsletter.factories import chose, start_scheduled_issues
from tests.newsroom import category
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db


def test_a_digest_that_needs_approval_waits_for_an_editor(
    editor_client: Client, edna: User
) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule(needs_approval=True)
    (issue_id,) = composition.compose_due()
    assert approval.send_automatic() == []
    assert "1 digest needs approval" in [each.label for each in dashboard_items(edna)]
    digest = Digest.objects.get()
    page = reverse("admin:newsletter_digest_change", args=[digest.pk])
    assert "1 subscriber" in editor_client.get(page).content.decode()
    approve = reverse("admin:newsletter_digest_approve", args=[digest.pk])
    assert editor_client.get(approve).status_code == 405
    response = editor_client.post(approve, follow=True)
    (message,) = messages_of(response)
    assert message.startswith(
        "Approved. Each e-mail is checked and sent in one minute. Until then you can unschedule it on its page. Problems are shown here."
    )
    assert "checking the e-mails" in response.content.decode()
    assert approve not in response.content.decode()
    assert approval.send_approved(digest.pk) == 1
    assert start_scheduled_issues() == [issue_id]
    assert messages_of(editor_client.post(approve, follow=True)) == [
        "Nothing in this digest needs approval."
    ]
    assert Delivery.objects.count() == 1


def test_an_edited_digest_needs_a_test(editor_client: Client) -> None:
    chose(OLA, Frequency.DAILY)
    story = hours_ago(2, "One")
    rule(needs_approval=True)
    (issue_id,) = composition.compose_due()
    issue = Issue.objects.get(pk=issue_id)
    editor_client.post(issue_url(issue, "change"), issue_form_data(story, subject="Better words"))
    editor_client.post(reverse("admin:newsletter_digest_approve", args=[issue.digest_id]))
    assert approval.send_approved(Digest.objects.get().pk) == 0
    page = editor_client.get(reverse("admin:newsletter_digest_change", args=[issue.digest_id]))
    assert "No test" in page.content.decode()
    assert not Delivery.objects.exists()


def test_a_reporter_may_not_approve(client: Client, rui: User) -> None:
    rule()
    composition.compose_due()
    client.force_login(rui)
    digest = Digest.objects.get()
    for name in ("change", "approve"):
        path = reverse(f"admin:newsletter_digest_{name}", args=[digest.pk])
        assert client.post(path).status_code == 403


def test_a_digest_with_several_issues_is_one_dashboard_item(
    edna: User, django_assert_num_queries: Any
) -> None:
    topics = [category(name) for name in ("Asia", "Europe", "Sport")]
    for number, topic in enumerate(topics):
        chose(f"reader{number}@readers.example", Frequency.DAILY, topic)
        hours_ago(2, topic.name, categories=[topic])
    chose(OLA, Frequency.DAILY)
    rule()
    composition.compose_due()
    assert len(approval.send_automatic()) == 4
    edna.has_perm("newsletter.change_issue")
    with django_assert_num_queries(7):
        (line,) = dashboard_items(edna)
    assert line.label == f"“{Digest.objects.get()}” is being sent: 0 of 4"


def test_an_approval_with_a_lost_job_is_carried_out(edna: User, queued: Queued) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule(needs_approval=True)
    composition.compose_due()
    approval.approve(Digest.objects.get(), by=edna)
    tasks.compose_digests()
    assert [approval.send_approved(key) for key in queued("newsletter.approve")] == [1]
    tasks.compose_digests()
    assert len(queued("newsletter.approve")) == 1


def test_the_digest_page_counts_all_recipients_in_one_query(
    editor_client: Client, django_assert_max_num_queries: Any
) -> None:
    def page_of(names: list[str]) -> str:
        for name in names:
            topic = category(name)
            chose(f"{name.lower()}@readers.example", Frequency.DAILY, topic)
            hours_ago(2, name, categories=[topic])
        DigestRule.objects.all().delete()
        Digest.objects.update(period="before")
        rule(needs_approval=True)
        composition.compose_due()
        return reverse("admin:newsletter_digest_change", args=[Digest.objects.latest("pk").pk])

    few = page_of(["Asia"])
    editor_client.get(few)
    with CaptureQueriesContext(connection) as counts:
        assert editor_client.get(few).content.decode().count("1 subscriber<") == 1
    many = page_of(["Europe", "Sport", "Culture"])
    with django_assert_max_num_queries(len(counts)):
        assert editor_client.get(many).content.decode().count("1 subscriber<") == 4


def test_the_digest_page_excludes_those_who_already_got_it(editor_client: Client) -> None:
    asia = category("Asia")
    ola = chose(OLA, Frequency.DAILY, asia)
    chose(MINA, Frequency.DAILY)
    hours_ago(2, "Tokyo", categories=[asia])
    rule(needs_approval=True)
    composition.compose_due()
    sending.start(Issue.objects.exclude(topics=[]).get(), by=None)
    ola.subscriptions.update(topics=None)
    page = reverse("admin:newsletter_digest_change", args=[Digest.objects.get().pk])
    assert "1 subscriber<" in editor_client.get(page).content.decode()

"""Editors send and follow an issue in the admin."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import User
from articles.images.hooks import uses_of
from iria.core import hooks
from newsletter.dashboard import dashboard_items
from newsletter.delivery import sending, worker
from newsletter.models import Delivery, Digest, Frequency, Issue, Subscriber
from newsletter.subscriptions import opt_in
from tests.newsletter.admin_pages import ADD, issue_form_data, issue_url, messages_of
from tests.newsletter.factories import (
    issue,
    mail_image,
    news,
    start_scheduled_issues,
    subscriber,
    subscribers,
)
from tests.newsroom import published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def test_sending_asks_for_confirmation_with_the_recipient_count(editor_client: Client) -> None:
    subscribers(3)
    draft = issue("Out it goes")
    page = editor_client.get(issue_url(draft, "send")).content
    assert b"Send now to 3 subscribers" in page
    draft.refresh_from_db()
    assert draft.is_draft
    response = editor_client.post(issue_url(draft, "send"), follow=True)
    assert messages_of(response) == [
        "“Out it goes” will be sent to 3 subscribers in one minute. You can cancel until then."
    ]
    draft.refresh_from_db()
    assert draft.state == "scheduled"
    assert not draft.deliveries.exists()
    start_scheduled_issues()
    assert draft.deliveries.count() == 3


def test_submitting_send_twice_sends_once(editor_client: Client) -> None:
    subscribers(2)
    draft = issue()
    editor_client.post(issue_url(draft, "send"), follow=True)
    response = editor_client.post(issue_url(draft, "send"), follow=True)
    assert messages_of(response) == ["This issue is already scheduled."]
    start_scheduled_issues()
    response = editor_client.post(issue_url(draft, "send"), follow=True)
    assert messages_of(response) == ["This issue was already sent. Create a new one."]
    assert draft.deliveries.count() == 2


def test_an_incomplete_issue_has_no_send_button_and_says_why(editor_client: Client) -> None:
    draft = issue("")
    page = editor_client.get(issue_url(draft, "send")).content
    assert b"Send now" not in page
    assert b"No subject. Enter a subject." in page
    response = editor_client.post(issue_url(draft, "send"), follow=True)
    assert len(messages_of(response)) == 2
    assert not Delivery.objects.exists()


def test_a_sent_issue_is_read_only(editor_client: Client, edna: User) -> None:
    subscriber()
    draft = issue("Gone out")
    sending.start(draft, by=edna)
    late = editor_client.post(
        issue_url(draft, "change"), issue_form_data(subject="Other words")
    ).content
    assert b"This issue was already sent and can no longer be changed." in late
    assert b'value="Other words"' in late
    draft.refresh_from_db()
    assert draft.subject == "Gone out"
    assert b'name="subject"' not in editor_client.get(issue_url(draft, "change")).content
    assert editor_client.post(issue_url(draft, "delete"), {"post": "yes"}).status_code == 403


def test_the_issue_page_accounts_for_every_recipient(editor_client: Client, edna: User) -> None:
    first, *_ = subscribers(4)
    draft = issue()
    sending.start(draft, by=edna)
    opt_in.unsubscribe(first.token)
    worker.deliver_batch(draft.pk, size=2)
    tree = lxml_html.document_fromstring(editor_client.get(issue_url(draft, "change")).content)
    (equation,) = tree.find_class("newsletter-equation")
    expected = {"queued": 1, "sent": 2, "suppressed": 1}
    sum_of_states = " + ".join(
        f"{expected.get(state.value, 0)} {state.label.lower()}" for state in Delivery.State
    )
    assert " ".join(equation.text_content().split()) == f"4 recipients = {sum_of_states}"
    for link in equation.iter("a"):
        assert editor_client.get(link.get("href") or "").status_code == 200


def test_the_report_says_first_what_editors_need(editor_client: Client, edna: User) -> None:
    news_article = published("A raft with nobody in it")
    newsletter = news()
    newsletter.tracks_clicks = True
    newsletter.save()
    subscribers(4)
    sent = issue("Reported", news_article)
    sending.start(sent, by=edna)
    worker.deliver_batch(sent.pk)
    sent.links.filter(url__endswith=news_article.get_absolute_url()).update(clicks=12)
    Issue.objects.filter(pk=sent.pk).update(state=Issue.State.SENT, sent_at=timezone.now())
    tree = lxml_html.document_fromstring(editor_client.get(issue_url(sent, "change")).content)
    (figures,) = tree.find_class("issue-figures")
    labels = [term.text_content() for term in figures.iter("dt")]
    values = [value.text_content() for value in figures.find_class("issue-figure")]
    expected = {"delivered": "100 %", "link clicks": "12", "bounced": "0", "unsubscribed": "0"}
    assert dict(zip(labels, values, strict=True)) == expected
    (clicks,) = tree.find_class("issue-clicks")
    first = next(clicks.iter("tbody")).find("tr")
    assert first is not None
    assert "A raft with nobody in it" in first.text_content()
    # All states, with their zeros, are behind a heading.
    (equation,) = tree.find_class("newsletter-equation")
    assert next(equation.iterancestors("details")).get("open") is None


def test_the_progress_shows_only_the_states_that_occur(editor_client: Client, edna: User) -> None:
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    worker.deliver_batch(draft.pk, size=2)
    tree = lxml_html.document_fromstring(editor_client.get(issue_url(draft, "change")).content)
    (legend,) = tree.find_class("issue-legend")
    shown = [" ".join(link.text_content().split()) for link in legend.iter("a")]
    assert shown == ["2 sent", "1 queued"]


def test_an_editor_can_cancel_an_issue(editor_client: Client, edna: User) -> None:
    subscribers(3)
    draft = issue("Too early")
    sending.start(draft, by=edna)
    worker.deliver_batch(draft.pk, size=1)
    assert (
        issue_url(draft, "cancel") in editor_client.get(issue_url(draft, "change")).content.decode()
    )
    response = editor_client.post(issue_url(draft, "cancel"), follow=True)
    assert messages_of(response) == ["“Too early” was cancelled."]
    assert draft.deliveries.counts()["cancelled"] == 2
    again = editor_client.post(issue_url(draft, "cancel"), follow=True)
    assert issue_url(draft, "cancel") not in again.content.decode()


def test_an_uncertain_delivery_can_be_resent_manually(editor_client: Client, edna: User) -> None:
    subscriber()
    draft = issue()
    sending.start(draft, by=edna)
    Delivery.objects.update(state="uncertain", details="Broke off", done_at=draft.started_at)
    delivery = Delivery.objects.get()
    response = editor_client.post(
        reverse("admin:newsletter_delivery_changelist"),
        {"action": "send_again", "_selected_action": [delivery.pk]},
        follow=True,
    )
    assert messages_of(response) == ["1 of 1 selected deliveries will be resent."]
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    (decision,) = delivery.resolutions.all()
    assert (decision.choice, decision.created_by) == ("again", edna)


def test_a_reporter_has_no_newsletter(client: Client, rui: User) -> None:
    client.force_login(rui)
    draft = issue()
    for path in (
        ADD,
        issue_url(draft, "change"),
        issue_url(draft, "preview"),
        issue_url(draft, "mail"),
        issue_url(draft, "send"),
    ):
        assert client.get(path).status_code == 403
    for action in ("test", "send", "unschedule", "pause", "resume", "cancel", "resolve"):
        assert client.post(issue_url(draft, action)).status_code == 403
    assert client.get(reverse("admin:newsletter_emails")).status_code == 403
    assert dashboard_items(rui) == []


def test_the_page_of_an_unknown_issue_is_not_found(editor_client: Client) -> None:
    for action in ("preview", "mail", "send"):
        assert editor_client.get(f"/admin/newsletter/issue/99999/{action}/").status_code == 404


def test_lists_do_not_load_the_content_of_issues(editor_client: Client, edna: User) -> None:
    subscribers(1)
    draft = issue("Long")
    sending.start(draft, by=edna)
    digest = Digest.objects.create(
        newsletter=news(),
        frequency=Frequency.WEEKLY,
        period="2026-05-04",
        begins_at=timezone.now(),
        ends_at=timezone.now(),
        needs_approval=True,
        composed_at=timezone.now(),
    )
    issue("In a digest", digest=digest)
    for url in (
        reverse("admin:index"),
        reverse("admin:newsletter_issue_changelist"),
        reverse("admin:newsletter_digest_change", args=[digest.pk]),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert editor_client.get(url).status_code == 200
        assert not [query for query in queries if "sent_html" in query["sql"]]


def test_the_dashboard_lists_what_needs_attention(editor_client: Client, edna: User) -> None:
    subscribers(2)
    draft = issue("Under way")
    assert b"1 issue in draft" in editor_client.get("/admin/").content
    sending.start(draft, by=edna)
    worker.deliver_batch(draft.pk, size=1)
    assert "“Under way” is being sent: 1 of 2" in editor_client.get("/admin/").content.decode()
    worker.deliver_batch(draft.pk)
    assert dashboard_items(edna) == []


def test_the_image_library_shows_use_in_a_newsletter(edna: User) -> None:
    image = mail_image()
    issue("Light", published("Light", lead_image=image))
    assert len(list(hooks.image_usages)) >= 2
    assert "the newsletter “Light”" in [use.label for use in uses_of(image)]


def test_editors_view_subscribers_and_administrators_unsubscribe_them(
    editor_client: Client, ada: User
) -> None:
    ola = subscriber()
    changelist = reverse("admin:newsletter_subscriber_changelist")
    detail = reverse("admin:newsletter_subscriber_change", args=[ola.pk])
    assert ola.email in editor_client.get(changelist).content.decode()
    assert ola.token not in editor_client.get(detail).content.decode()
    leave = {"action": "leave", "_selected_action": [ola.pk]}
    editor_client.post(changelist, leave)
    assert Subscriber.objects.get().is_active

    editor_client.force_login(ada)
    assert messages_of(editor_client.post(changelist, leave, follow=True)) == [
        "1 subscriber unsubscribed."
    ]
    assert Subscriber.objects.get().state == "left"
    editor_client.post(changelist, {**leave, "action": "suppress"})
    assert "Added manually" in Subscriber.objects.get().suppression_reason
    editor_client.post(
        reverse("admin:newsletter_subscriber_delete", args=[ola.pk]), {"post": "yes"}
    )
    assert not Subscriber.objects.exists()
    assert editor_client.get(reverse("admin:newsletter_subscriber_add")).status_code == 403


def test_every_list_of_the_newsletter_opens(client: Client, ada: User) -> None:
    subscriber()
    issue()
    client.force_login(ada)
    for name in (
        "issue",
        "delivery",
        "subscriber",
        "newsletter",
        "bounce",
        "suppression",
        "sendinglimit",
    ):
        assert client.get(reverse(f"admin:newsletter_{name}_changelist")).status_code == 200
    assert client.get(reverse("admin:newsletter_newsletter_add")).status_code == 200
    assert client.get(reverse("admin:newsletter_newsletter_change", args=[news().pk])).status_code

"""Editors send and follow an issue in the admin."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html

from accounts.models import User
from articles.images.hooks import uses_of
from iria.core import hooks
from newsletter.dashboard import dashboard_items
from newsletter.delivery import sending, worker
from newsletter.models import Delivery, Subscriber
from newsletter.subscriptions import opt_in
from tests.newsletter.admin_pages import ADD, at, filled, said
from tests.newsletter.factories import (
    issue,
    mail_image,
    minute_passes,
    news,
    subscriber,
    subscribers,
)
from tests.newsroom import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _jobs_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.job_queue.enqueue_delivery", lambda issue_id: None)


def test_sending_asks_for_confirmation_with_the_recipient_count(ednas: Client) -> None:
    subscribers(3)
    made = issue("Out it goes")
    page = ednas.get(at(made, "send")).content
    assert b"Send now to 3 subscribers" in page
    made.refresh_from_db()
    assert made.is_draft
    answer = ednas.post(at(made, "send"), follow=True)
    assert said(answer) == [
        "“Out it goes” will be sent to 3 subscribers in one minute. You can cancel until then."
    ]
    made.refresh_from_db()
    assert made.state == "scheduled"
    assert not made.deliveries.exists()
    minute_passes()
    assert made.deliveries.count() == 3


def test_submitting_send_twice_sends_once(ednas: Client) -> None:
    subscribers(2)
    made = issue()
    ednas.post(at(made, "send"), follow=True)
    answer = ednas.post(at(made, "send"), follow=True)
    assert said(answer) == ["This issue is already scheduled."]
    minute_passes()
    answer = ednas.post(at(made, "send"), follow=True)
    assert said(answer) == ["This issue was already sent. Create a new one."]
    assert made.deliveries.count() == 2


def test_an_incomplete_issue_has_no_send_button_and_says_why(ednas: Client) -> None:
    made = issue("")
    page = ednas.get(at(made, "send")).content
    assert b"Send now" not in page
    assert b"No subject. Enter a subject." in page
    answer = ednas.post(at(made, "send"), follow=True)
    assert len(said(answer)) == 2
    assert not Delivery.objects.exists()


def test_a_sent_issue_is_read_only(ednas: Client, edna: User) -> None:
    subscriber()
    made = issue("Gone out")
    sending.start(made, by=edna)
    late = ednas.post(at(made, "change"), filled(subject="Other words")).content
    assert b"This issue was already sent and can no longer be changed." in late
    assert b'value="Other words"' in late
    made.refresh_from_db()
    assert made.subject == "Gone out"
    assert b'name="subject"' not in ednas.get(at(made, "change")).content
    assert ednas.post(at(made, "delete"), {"post": "yes"}).status_code == 403


def test_the_issue_page_accounts_for_every_recipient(ednas: Client, edna: User) -> None:
    first, *_ = subscribers(4)
    made = issue()
    sending.start(made, by=edna)
    opt_in.unsubscribe(first.token)
    worker.deliver_batch(made.pk, size=2)
    tree = lxml_html.document_fromstring(ednas.get(at(made, "change")).content)
    (equation,) = tree.find_class("newsletter-equation")
    expected = {"queued": 1, "sent": 2, "suppressed": 1}
    sum_of_states = " + ".join(
        f"{expected.get(state.value, 0)} {state.label.lower()}" for state in Delivery.State
    )
    assert " ".join(equation.text_content().split()) == f"4 recipients = {sum_of_states}"
    for link in equation.iter("a"):
        assert ednas.get(link.get("href") or "").status_code == 200


def test_an_editor_can_cancel_an_issue(ednas: Client, edna: User) -> None:
    subscribers(3)
    made = issue("Too early")
    sending.start(made, by=edna)
    worker.deliver_batch(made.pk, size=1)
    assert at(made, "cancel") in ednas.get(at(made, "change")).content.decode()
    answer = ednas.post(at(made, "cancel"), follow=True)
    assert said(answer) == ["“Too early” was cancelled."]
    assert made.deliveries.counts()["cancelled"] == 2
    again = ednas.post(at(made, "cancel"), follow=True)
    assert at(made, "cancel") not in again.content.decode()


def test_an_uncertain_delivery_can_be_resent_manually(ednas: Client, edna: User) -> None:
    subscriber()
    made = issue()
    sending.start(made, by=edna)
    Delivery.objects.update(state="uncertain", details="Broke off", done_at=made.started_at)
    delivery = Delivery.objects.get()
    answer = ednas.post(
        reverse("admin:newsletter_delivery_changelist"),
        {"action": "send_again", "_selected_action": [delivery.pk]},
        follow=True,
    )
    assert said(answer) == ["1 of 1 selected deliveries will be resent."]
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    (decision,) = delivery.resolutions.all()
    assert (decision.choice, decision.created_by) == ("again", edna)


def test_a_reporter_has_no_newsletter(client: Client, rui: User) -> None:
    client.force_login(rui)
    made = issue()
    for path in (ADD, at(made, "change"), at(made, "preview"), at(made, "mail"), at(made, "send")):
        assert client.get(path).status_code == 403
    for action in ("test", "send", "unschedule", "pause", "resume", "cancel", "resolve"):
        assert client.post(at(made, action)).status_code == 403
    assert client.get(reverse("admin:newsletter_emails")).status_code == 403
    assert dashboard_items(rui) == []


def test_the_page_of_an_unknown_issue_is_not_found(ednas: Client) -> None:
    for action in ("preview", "mail", "send"):
        assert ednas.get(f"/admin/newsletter/issue/99999/{action}/").status_code == 404


def test_the_dashboard_lists_what_needs_attention(ednas: Client, edna: User) -> None:
    subscribers(2)
    made = issue("Under way")
    assert b"1 issue in draft" in ednas.get("/admin/").content
    sending.start(made, by=edna)
    worker.deliver_batch(made.pk, size=1)
    assert "“Under way” is being sent: 1 of 2" in ednas.get("/admin/").content.decode()
    worker.deliver_batch(made.pk)
    assert dashboard_items(edna) == []


def test_the_image_library_shows_use_in_a_newsletter(edna: User) -> None:
    image = mail_image()
    issue("Light", published("Light", lead_image=image))
    assert len(list(hooks.image_usages)) >= 2
    assert "the newsletter “Light”" in [use.label for use in uses_of(image)]


def test_editors_view_subscribers_and_administrators_unsubscribe_them(
    ednas: Client, ada: User
) -> None:
    ola = subscriber()
    changelist = reverse("admin:newsletter_subscriber_changelist")
    detail = reverse("admin:newsletter_subscriber_change", args=[ola.pk])
    assert ola.email in ednas.get(changelist).content.decode()
    assert ola.token not in ednas.get(detail).content.decode()
    leave = {"action": "leave", "_selected_action": [ola.pk]}
    ednas.post(changelist, leave)
    assert Subscriber.objects.get().is_active

    ednas.force_login(ada)
    assert said(ednas.post(changelist, leave, follow=True)) == ["1 subscriber unsubscribed."]
    assert Subscriber.objects.get().state == "left"
    ednas.post(changelist, {**leave, "action": "suppress"})
    assert "Added manually" in Subscriber.objects.get().suppression_reason
    ednas.post(reverse("admin:newsletter_subscriber_delete", args=[ola.pk]), {"post": "yes"})
    assert not Subscriber.objects.exists()
    assert ednas.get(reverse("admin:newsletter_subscriber_add")).status_code == 403


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

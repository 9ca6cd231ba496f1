"""Editors schedule, pause, resume and resolve deliveries in the admin."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from iria.publication.models import Publication
from newsletter.delivery import controls, sending, worker
from newsletter.models import Delivery
from tests.newsletter.admin_pages import issue_form_data, issue_url, messages_of
from tests.newsletter.factories import issue, mark_one, subscribers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def test_an_issue_is_scheduled_in_local_time_and_unscheduled(editor_client: Client) -> None:
    subscribers(2)
    draft = issue("Later")
    Publication(name="Meridian", time_zone="Asia/Tokyo").save()
    chosen = {"_schedule": "1", "send_at": "2031-05-06T09:00"}
    response = editor_client.post(issue_url(draft, "send"), chosen, follow=True)
    assert messages_of(response) == [
        "“Later” is scheduled for 06 May 2031, 09:00 (Asia/Tokyo), currently to 2 subscribers."
    ]
    draft.refresh_from_db()
    assert draft.send_at == datetime(2031, 5, 6, 0, 0, tzinfo=UTC)
    assert "6 May 2031, 09:00:00 (Asia/Tokyo)" in response.content.decode()
    rejected = editor_client.post(
        issue_url(draft, "change"), issue_form_data(subject="Other words")
    ).content.decode()
    assert "This issue is scheduled. Unschedule it to make changes, then save again." in rejected
    assert 'value="Other words"' in rejected
    assert "“Later” is scheduled" in editor_client.get("/admin/").content.decode()
    response = editor_client.post(issue_url(draft, "unschedule"), follow=True)
    assert messages_of(response) == ["“Later” is a draft again. Nobody received it."]
    assert not Delivery.objects.exists()
    assert messages_of(editor_client.post(issue_url(draft, "unschedule"), follow=True)) == [
        "It is no longer scheduled."
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "Enter a date and time."),
        ("soon", "Enter a date and time such as 2027-03-28 14:30."),
        ("2020-01-01T09:00", "This time is in the past. Choose a later time, or send now."),
    ],
)
def test_an_invalid_time_is_rejected_and_stays_in_the_form(
    editor_client: Client, value: str, message: str
) -> None:
    subscribers(1)
    draft = issue()
    response = editor_client.post(issue_url(draft, "send"), {"_schedule": "1", "send_at": value})
    assert messages_of(response) == [message]
    assert response.context["form"]["send_at"].value() == value
    draft.refresh_from_db()
    assert draft.is_draft


def test_an_editor_pauses_and_resumes_an_issue(editor_client: Client, edna: User) -> None:
    subscribers(3)
    draft = issue("Slowly")
    assert messages_of(editor_client.post(issue_url(draft, "pause"), follow=True)) == [
        "“Slowly” is not being sent, so there is nothing to pause."
    ]
    sending.start(draft, by=edna)
    assert messages_of(editor_client.post(issue_url(draft, "pause"), follow=True)) == [
        "“Slowly” was paused."
    ]
    assert worker.deliver_batch(draft.pk) == 0
    assert messages_of(editor_client.post(issue_url(draft, "resume"), follow=True)) == [
        "“Slowly” was resumed."
    ]
    assert messages_of(editor_client.post(issue_url(draft, "resume"), follow=True)) == [
        "It is not paused, so it cannot be resumed."
    ]
    assert worker.deliver_batch(draft.pk) == 3
    page = " ".join(editor_client.get(issue_url(draft, "change")).content.decode().split())
    # The newest comes first.
    assert page.index("Resumed by") < page.index("Paused by") < page.index("Started by")


def test_the_progress_can_be_requested_alone(editor_client: Client, edna: User) -> None:
    subscribers(4)
    draft = issue()
    sending.start(draft, by=edna)
    page = editor_client.get(issue_url(draft, "change")).content.decode()
    assert f'data-follow="{issue_url(draft, "delivery")}"' in page
    worker.deliver_batch(draft.pk, size=3)
    alone = " ".join(editor_client.get(issue_url(draft, "delivery")).content.decode().split())
    assert "<html" not in alone
    assert "<strong>3</strong> sent" in alone
    assert "a minute" in alone
    worker.deliver_batch(draft.pk)
    assert "data-follow" not in editor_client.get(issue_url(draft, "delivery")).content.decode()


def test_the_progress_page_has_a_constant_number_of_queries(
    editor_client: Client, edna: User, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    subscribers(30)
    draft = issue()
    sending.start(draft, by=edna)
    for _ in range(25):
        mark_one(draft)
    controls.mark_stale_uncertain(after=timedelta(0))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        page = editor_client.get(issue_url(draft, "delivery")).content.decode()
    assert "25 deliveries have an unknown status" in page


def test_uncertain_deliveries_are_shown_until_resolved(editor_client: Client, edna: User) -> None:
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    for _ in range(3):
        mark_one(draft)
    controls.mark_stale_uncertain(after=timedelta(0))
    first, second, third = draft.deliveries.order_by("pk")
    page = editor_client.get(issue_url(draft, "change")).content.decode()
    assert "3 deliveries have an unknown status" in page

    def decide(**fields: object) -> list[str]:
        return messages_of(editor_client.post(issue_url(draft, "resolve"), fields, follow=True))

    assert decide(choice="again", delivery=first.pk) == ["1 e-mail will be resent."]
    assert decide(choice="leave", delivery=second.pk) == ["1 e-mail will not be resent."]
    assert decide(choice="leave", delivery=second.pk) == ["This was already resolved."]
    unclear = ["Choose whether to resend it."]
    assert decide() == decide(choice="eat", delivery=third.pk) == unclear
    for which in ("x", "", "99999999999999999999", "²"):
        assert decide(choice="leave", delivery=which) == ["This was already resolved."]
    page = editor_client.get(issue_url(draft, "change")).content.decode()
    assert "One delivery has an unknown status" in page
    assert decide(choice="leave", delivery="all") == ["1 e-mail will not be resent."]
    page = editor_client.get(issue_url(draft, "change")).content.decode()
    assert "Deliveries with an unknown status" not in page
    assert draft.deliveries.counts()["uncertain"] == 2
    worker.deliver_batch(draft.pk)
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [first.message_id]

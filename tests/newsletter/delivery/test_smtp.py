"""The SMTP response decides the state of a delivery, and nothing is sent twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from newsletter.delivery import claims, controls, sending, worker
from newsletter.delivery.worker import result_of
from newsletter.email.smtp import Answer, Outcome, SmtpConnection
from newsletter.models import Delivery, Issue
from tests.newsletter.factories import issue, mark_next, mark_one, subscribers
from tests.newsletter.mailserver import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
FIRST, SECOND, THIRD = (f"reader{number}@readers.example" for number in range(3))


@pytest.fixture
def started(edna: User) -> Issue:
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    return draft


def states(of: Issue) -> dict[str, str]:
    rows = of.deliveries.values_list("subscriber__email", "state")
    return {email or "": state for email, state in rows}


def details_of(email: str) -> str:
    return Delivery.objects.get(subscriber__email=email).details


def test_all_mails_are_sent_over_one_connection(started: Issue, mail_server: MailServer) -> None:
    assert worker.deliver_batch(started.pk) == 3
    assert sorted(mail_server.recipients) == sorted([FIRST, SECOND, THIRD])
    assert mail_server.connections["opened"] == 1
    assert set(states(started).values()) == {"sent"}
    started.refresh_from_db()
    assert started.state == "sent"
    assert started.sent_at is not None


def test_a_rejected_address_is_final_and_the_others_get_their_mail(
    started: Issue, mail_server: MailServer
) -> None:
    mail_server.on_recipient = lambda to: "550 5.1.1 No such person" if to == SECOND else None
    worker.deliver_batch(started.pk)
    assert states(started) == {FIRST: "sent", SECOND: "refused", THIRD: "sent"}
    assert details_of(SECOND) == "550 5.1.1 No such person"
    assert mail_server.connections["opened"] == 1


def test_an_address_with_a_line_break_adds_no_command(mail_server: MailServer) -> None:
    with SmtpConnection() as connection:
        injected = f"{FIRST}>\r\nrcpt TO:<{SECOND}"
        answer = connection.submit("desk@meridian.example", injected, b"Subject: one\r\n\r\n.\r\n")
        assert answer.outcome is Outcome.UNREACHABLE
    assert mail_server.recipients == []


def test_responses_are_stored_without_the_address(started: Issue, mail_server: MailServer) -> None:
    mail_server.on_recipient = lambda to: f"450 <{to.upper()}> is busy" if to == SECOND else None
    worker.deliver_batch(started.pk)
    Delivery.objects.filter(state="deferred").update(due_at=timezone.now())
    mail_server.on_recipient = lambda to: f"550 no {to} here" if to == SECOND else None
    worker.deliver_batch(started.pk)
    rejected = Delivery.objects.get(subscriber__email=SECOND)
    assert [(each.number, each.outcome, each.smtp_response) for each in rejected.tries.all()] == [
        (1, "deferred", "450 <(address)> is busy"),
        (2, "refused", "550 no (address) here"),
    ]
    assert rejected.details == "550 no (address) here"


def test_a_deferred_address_waits_and_is_tried_again(
    started: Issue, mail_server: MailServer
) -> None:
    mail_server.on_recipient = lambda to: "451 Come back later" if to == SECOND else None
    worker.deliver_batch(started.pk)
    assert states(started)[SECOND] == "deferred"
    assert worker.deliver_batch(started.pk) == 0
    deferred = Delivery.objects.get(subscriber__email=SECOND)
    assert deferred.due_at > timezone.now() + timedelta(minutes=4)
    started.refresh_from_db()
    assert started.state == "sending"

    mail_server.on_recipient = lambda to: None
    Delivery.objects.update(due_at=timezone.now())
    assert worker.deliver_batch(started.pk) == 1
    assert sorted(mail_server.recipients) == [FIRST, SECOND, THIRD]
    (message,) = mail_server.messages_to(SECOND)
    assert message["Message-ID"] == deferred.message_id


def test_an_address_that_is_always_deferred_is_given_up(
    started: Issue, mail_server: MailServer
) -> None:
    mail_server.on_recipient = lambda to: "452 Mailbox full" if to == SECOND else None
    for _ in range(worker.MAX_ATTEMPTS):
        Delivery.objects.filter(state="deferred").update(due_at=timezone.now())
        worker.deliver_batch(started.pk)
    assert states(started)[SECOND] == "refused"
    assert details_of(SECOND) == "Given up after 8 attempts: 452 Mailbox full"


def test_pauses_grow_up_to_a_limit() -> None:
    pauses = [worker.pause_after(attempt) for attempt in range(1, 9)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=5)
    assert pauses[-1] == timedelta(hours=6)


def test_a_message_rejected_after_data_is_final(started: Issue, mail_server: MailServer) -> None:
    mail_server.on_data = lambda to: "554 Not wanted" if to == FIRST else None
    worker.deliver_batch(started.pk)
    assert states(started) == {FIRST: "refused", SECOND: "sent", THIRD: "sent"}


def test_a_connection_dropped_after_data_is_uncertain_and_not_resent(
    started: Issue, mail_server: MailServer
) -> None:
    mail_server.on_data = lambda to: "take and drop" if to == FIRST else None
    worker.deliver_batch(started.pk)
    worker.deliver_batch(started.pk)
    assert states(started) == {FIRST: "uncertain", SECOND: "sent", THIRD: "sent"}
    assert mail_server.recipients.count(FIRST) == 1
    assert "may" not in details_of(FIRST)
    assert "The connection was lost after the e-mail was submitted:" in details_of(FIRST)


def test_an_invalid_response_after_data_is_uncertain(
    started: Issue, mail_server: MailServer
) -> None:
    mail_server.on_data = lambda to: "999 Banana" if to == FIRST else None
    worker.deliver_batch(started.pk)
    assert states(started)[FIRST] == "uncertain"


def test_a_connection_dropped_before_data_is_retried(
    started: Issue, mail_server: MailServer
) -> None:
    mail_server.on_recipient = lambda to: "drop" if to == FIRST else None
    worker.deliver_batch(started.pk)
    put_back = Delivery.objects.get(subscriber__email=FIRST)
    assert (put_back.state, put_back.attempts) == ("queued", 0)
    mail_server.on_recipient = lambda to: None
    Delivery.objects.update(due_at=timezone.now())
    worker.deliver_batch(started.pk)
    assert sorted(mail_server.recipients) == [FIRST, SECOND, THIRD]


def test_a_server_that_accepts_nothing_pauses_the_issue(
    started: Issue, mail_server: MailServer, edna: User
) -> None:
    mail_server.on_mail = lambda sender: "530 Sign in first"
    assert worker.deliver_batch(started.pk) == 0
    started.refresh_from_db()
    assert (started.state, started.error) == ("paused", "530 Sign in first")
    assert set(states(started).values()) == {"queued"}

    mail_server.on_mail = lambda sender: None
    Delivery.objects.update(due_at=timezone.now())
    controls.resume(started, by=edna)
    worker.deliver_batch(started.pk)
    started.refresh_from_db()
    assert (started.state, started.error) == ("sent", "")


def test_without_a_server_everything_stays_queued(started: Issue, settings: Any) -> None:
    options = {"host": "127.0.0.1", "port": 9, "timeout": 2}
    backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    settings.MAILERS = {"default": backend, "newsletter": backend}
    assert worker.deliver_batch(started.pk) == 0
    started.refresh_from_db()
    assert started.error.startswith("The mail server cannot be reached")
    assert {row.attempts for row in started.deliveries.all()} == {0}


def test_a_worker_killed_before_the_outcome_leaves_it_uncertain(
    started: Issue, mail_server: MailServer
) -> None:
    claimed = mark_one(started).email
    # Here the process ends; it is unknown whether the e-mail was sent.
    worker.deliver_batch(started.pk)
    others = {FIRST, SECOND, THIRD} - {claimed}
    assert states(started) == {claimed: "sending", **dict.fromkeys(others, "sent")}
    assert controls.mark_stale_uncertain(after=timedelta(0)) == 1
    assert sending.run_maintenance() == []
    worker.deliver_batch(started.pk)
    assert states(started)[claimed] == "uncertain"
    assert claimed not in mail_server.recipients
    started.refresh_from_db()
    assert started.state == "sent"


def test_an_uncertain_delivery_is_resent_with_the_same_message_id(
    started: Issue, mail_server: MailServer, edna: User
) -> None:
    mail_server.on_data = lambda to: "take and drop" if to == FIRST else None
    worker.deliver_batch(started.pk)
    worker.deliver_batch(started.pk)
    mail_server.on_data = lambda to: None
    controls.send_again(Delivery.objects.get(subscriber__email=FIRST), by=edna)
    worker.deliver_batch(started.pk)
    first, second = mail_server.messages_to(FIRST)
    assert first["Message-ID"] == second["Message-ID"]
    assert set(states(started).values()) == {"sent"}


def test_a_late_outcome_is_recorded(started: Issue) -> None:
    marked = mark_one(started)
    controls.mark_stale_uncertain(after=timedelta(0))
    claims.record_result(result_of(marked, Answer(Outcome.SENT, "250 Taken")))
    assert states(started)[marked.email] == "sent"


def test_the_outcome_of_an_abandoned_attempt_changes_nothing(started: Issue, edna: User) -> None:
    marked = mark_one(started)
    controls.mark_stale_uncertain(after=timedelta(0))
    controls.send_again(Delivery.objects.get(pk=marked.delivery_id), by=edna)
    retried = mark_next(started)
    while retried is not None and retried.delivery_id != marked.delivery_id:
        retried = mark_next(started)
    claims.record_result(result_of(marked, Answer(Outcome.REJECTED, "550 Much too late")))
    assert states(started)[marked.email] == "sending"

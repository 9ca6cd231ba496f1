"""While its mark is committed, an e-mail is sent up to its last line, which is sent after that."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from newsletter.delivery import claims, sending, worker
from newsletter.delivery.claims import Claim
from newsletter.email import smtp
from newsletter.email.smtp import Answer, Outcome, SmtpConnection
from newsletter.models import Issue, Subscriber
from newsletter.subscriptions import opt_in
from tests.newsletter.factories import issue, subscribers
from tests.newsletter.mailserver import MailServer
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (f"reader{number}@readers.example" for number in range(3))
SENDER = "desk@meridian.example"
SENT = Answer(Outcome.SENT, "250 Taken")


@pytest.fixture
def started(edna: User, monkeypatch: pytest.MonkeyPatch) -> Issue:
    monkeypatch.setattr("iria.core.jobs.app", Queued())
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    return draft


def before_each_mark(act: Callable[[Claim], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts when a delivery is claimed and its e-mail may be on its way, but is not marked."""
    mark = claims.mark

    def act_and_mark(draft: Issue, lease: Any, claim: Claim, *result: Any) -> Any:
        act(claim)
        return mark(draft, lease, claim, *result)

    monkeypatch.setattr(claims, "mark", act_and_mark)


def states(of: Issue) -> dict[str, str]:
    return {
        email or "": state
        for email, state in of.deliveries.values_list("subscriber__email", "state")
    }


def test_an_email_sent_ahead_is_complete_after_its_last_line(mail_server: MailServer) -> None:
    with SmtpConnection() as connection:
        for recipient in (FIRST, SECOND):
            wire = f"Subject: to {recipient}\r\n\r\nText\r\n.\r\n".encode()
            connection.send_ahead(SENDER, recipient, wire)
            assert recipient not in mail_server.recipients
            assert connection.submit(SENDER, recipient, wire) == SENT
            assert mail_server.taken[-1] == (recipient, wire.removesuffix(b".\r\n"))
    assert mail_server.connections["opened"] == 1


def test_an_email_that_is_not_completed_is_discarded(mail_server: MailServer) -> None:
    one, other = b"Subject: one\r\n\r\nText\r\n.\r\n", b"Subject: other\r\n\r\nText\r\n.\r\n"
    with SmtpConnection() as connection:
        connection.send_ahead(SENDER, FIRST, one)
        assert connection.submit(SENDER, FIRST, other) == SENT
        connection.send_ahead(SENDER, FIRST, one)
        connection.send_ahead(SENDER, SECOND, one)
        assert connection.submit(SENDER, SECOND, one) == SENT
        connection.send_ahead(SENDER, THIRD, one)
    assert [recipient for recipient, _ in mail_server.taken] == [FIRST, SECOND]
    assert mail_server.taken[0][1] == other.removesuffix(b".\r\n")


def test_an_email_that_was_sent_ahead_long_ago_is_sent_again(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = b"Subject: one\r\n\r\nText\r\n.\r\n"
    monkeypatch.setattr(smtp, "MAX_WAIT_FOR_LAST_LINE", 0.0)
    with SmtpConnection() as connection:
        connection.send_ahead(SENDER, FIRST, wire)
        assert connection.submit(SENDER, FIRST, wire) == SENT
    assert mail_server.connections["opened"] == 2
    assert mail_server.recipients == [FIRST]


def test_a_failure_ahead_is_tried_again_when_it_counts(mail_server: MailServer) -> None:
    wire = b"Subject: one\r\n\r\nText\r\n.\r\n"
    answers = iter(["drop"])
    mail_server.on_recipient = lambda recipient: next(answers, None)
    with SmtpConnection() as connection:
        connection.send_ahead(SENDER, FIRST, wire)
        assert connection.submit(SENDER, FIRST, wire) == SENT
    assert mail_server.recipients == [FIRST]


def test_nobody_who_unsubscribes_after_the_claim_gets_it(
    started: Issue, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsubscribe(claim: Claim) -> None:
        if claim.personal is not None and claim.personal.email == SECOND:
            opt_in.unsubscribe(claim.personal.token)

    before_each_mark(unsubscribe, monkeypatch)
    worker.deliver_batch(started.pk)
    assert states(started) == {FIRST: "sent", SECOND: "suppressed", THIRD: "sent"}
    assert sorted(mail_server.recipients) == [FIRST, THIRD]


def test_a_new_address_gets_the_email_and_the_old_one_does_not(
    started: Issue, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = "new@readers.example"

    def change(claim: Claim) -> None:
        Subscriber.objects.filter(email=SECOND).update(email=new)

    before_each_mark(change, monkeypatch)
    worker.deliver_batch(started.pk)
    assert states(started) == {FIRST: "sent", new: "sent", THIRD: "sent"}
    assert sorted(mail_server.recipients) == sorted([FIRST, new, THIRD])


def test_no_email_is_completed_before_its_mark(
    started: Issue, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(claim: Claim) -> None:
        if len(mail_server.taken) == 1:
            raise RuntimeError

    before_each_mark(fail, monkeypatch)
    with pytest.raises(RuntimeError):
        worker.deliver_batch(started.pk)
    assert len(mail_server.taken) == 1
    assert sorted(states(started).values()) == ["queued", "queued", "sent"]

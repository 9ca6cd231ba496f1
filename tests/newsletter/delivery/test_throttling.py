"""Limits per second, in total and per domain, for all workers together."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.models import User
from newsletter.delivery import claims, sending, worker
from newsletter.models import Delivery, Issue, SendingLimit
from tests.newsletter.factories import issue, subscriber
from tests.newsletter.mailserver import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def started(by: User, *addresses: str) -> Issue:
    for address in addresses:
        subscriber(address)
    draft = issue()
    sending.start(draft, by=by)
    return draft


def domains_of(mail_server: MailServer) -> list[str]:
    """Returns the domains of all recipients; the order is not defined."""
    return sorted(address.partition("@")[2] for address in mail_server.recipients)


def database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (time,) = cursor.fetchone()
    assert isinstance(time, datetime)
    return time


def test_the_total_limit_spaces_out_all_mails(
    edna: User, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def sleep(seconds: float, should_stop: worker.ShouldStop) -> None:
        waits.append(seconds)
        waits_really(seconds, should_stop)

    waits_really = worker._sleep
    monkeypatch.setattr(worker, "_sleep", sleep)
    draft = started(edna, *(f"r{number}@readers.example" for number in range(6)))
    SendingLimit.objects.create(domain="", per_second=20)
    begin = database_time()
    assert worker.deliver_batch(draft.pk) == 6
    times = [each.sending_at for each in draft.deliveries.order_by("sending_at")]
    # A busy machine may delay one more than the next.
    for number, time in enumerate(times):
        assert time is not None
        assert time >= begin + number * timedelta(seconds=1 / 20)
    assert max(waits) <= 1 / 20


def test_a_slow_domain_does_not_delay_the_others(edna: User, mail_server: MailServer) -> None:
    slow = [f"r{number}@slow.example" for number in range(4)]
    draft = started(edna, *slow, "a@quick.example", "b@quick.example")
    SendingLimit.objects.create(domain="Slow.example", per_second=0.01)
    assert worker.deliver_batch(draft.pk) == 3
    assert domains_of(mail_server) == ["quick.example", "quick.example", "slow.example"]
    queued = draft.deliveries.filter(state="queued").order_by("due_at")
    assert queued.count() == 3
    # Each is delayed a little more than the last, so that they are not all due at once.
    pauses = [(each.due_at - each.created_at).total_seconds() for each in queued]
    assert pauses[1] - pauses[0] == pytest.approx(100, abs=50)
    assert pauses[2] - pauses[1] == pytest.approx(100, abs=50)
    Delivery.objects.update(due_at=Now())
    # It is not due yet, whatever the list says.
    assert worker.deliver_batch(draft.pk) == 0


def test_other_domains_share_the_limit_of_the_star(edna: User, mail_server: MailServer) -> None:
    draft = started(edna, "a@one.example", "b@one.example", "c@two.example", "d@free.example")
    subscriber("e@free.example")
    SendingLimit.objects.create(domain="*", per_second=0.01)
    SendingLimit.objects.create(domain="free.example", per_second=1000)
    worker.deliver_batch(draft.pk)
    assert domains_of(mail_server) == ["free.example", "one.example", "two.example"]


def test_workers_share_one_limit(db: None) -> None:
    SendingLimit.objects.create(domain="", per_second=0.2)
    one, other = claims.Limits.now(), claims.Limits.now()
    first = claims.wait_for_all(one)
    second = claims.wait_for_all(other)
    assert first is not None
    assert second is not None
    assert first < timedelta(seconds=0.1)
    assert timedelta(seconds=1) < second <= timedelta(seconds=5)
    claims.wait_for_all(one)
    claims.wait_for_all(other)
    # Too long for a worker to wait.
    assert claims.wait_for_all(one) is None


def test_an_erased_subscriber_has_no_domain(db: None) -> None:
    SendingLimit.objects.create(domain="", per_second=1)
    SendingLimit.objects.create(domain="*", per_second=1)
    assert claims.Limits.now().of_domain("") is None

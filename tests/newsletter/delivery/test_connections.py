"""Several connections send an issue, and an outcome survives a database failure."""

from threading import Event, current_thread, main_thread
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import User
from newsletter import tasks
from newsletter.delivery import sending, worker
from newsletter.delivery import worker as delivery_worker
from newsletter.models import Attempt, Delivery
from tests.newsletter.factories import issue, subscribers
from tests.newsletter.mailserver import MailServer
from tests.proofs.size import PATIENCE

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("without_jobs"),
]


def until_three_are_open(server: MailServer) -> None:
    end = monotonic() + PATIENCE
    while server.connections["opened"] < 3 and monotonic() < end:
        sleep(0.02)


def test_a_long_list_is_sent_over_several_connections_once(
    edna: User, mail_server: MailServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_worker, "DELIVERIES_PER_CONNECTION", 5)
    monkeypatch.setattr(worker, "CLAIM_SIZE", 5)
    settings.NEWSLETTER_CONNECTIONS = 3
    subscribers(60)
    draft = issue()
    sending.start(draft, by=edna)
    # On a busy machine, one connection could send everything before the others are open.
    mail_server.before_answer = lambda recipient: until_three_are_open(mail_server)
    assert not delivery_worker.deliver(draft.pk, should_stop=delivery_worker.never)
    assert mail_server.connections["opened"] == 3
    assert len(mail_server.recipients) == len(set(mail_server.recipients)) == 60
    draft.refresh_from_db()
    assert draft.state == "sent"
    assert Attempt.objects.count() == 60


def test_a_short_list_uses_one_connection(edna: User, mail_server: MailServer) -> None:
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    delivery_worker.deliver(draft.pk, should_stop=delivery_worker.never)
    assert mail_server.connections["opened"] == 1


def test_a_job_stops_for_others_and_leaves_nothing_claimed(
    edna: User, mail_server: MailServer
) -> None:
    subscribers(10)
    draft = issue()
    sending.start(draft, by=edna)
    assert delivery_worker.deliver(draft.pk, should_stop=lambda: len(mail_server.taken) >= 4)
    counts = draft.deliveries.counts()
    assert (counts["sent"], counts["queued"], counts["claimed"]) == (4, 6, 0)
    assert tasks.MAX_RUN_SECONDS <= 60


def test_what_another_connection_leaves_is_pending(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here it has all claims, until the job stops."""
    settings.NEWSLETTER_CONNECTIONS = 2
    monkeypatch.setattr(worker, "DELIVERIES_PER_CONNECTION", 1)
    monkeypatch.setattr(worker, "_pending", lambda issue_id: 10)
    found_nothing, stopping = Event(), Event()

    def deliver_batch(issue_id: int, **options: Any) -> int:
        if current_thread() is main_thread():
            found_nothing.set()
            return 0
        assert found_nothing.wait(PATIENCE)
        stopping.set()
        return 1

    monkeypatch.setattr(worker, "deliver_batch", deliver_batch)
    assert worker.deliver(1, should_stop=stopping.is_set)


@pytest.mark.parametrize("broken", [1, 3])
def test_an_outcome_is_kept_while_the_database_is_away(
    edna: User, mail_server: MailServer, broken: int
) -> None:
    """The connection is cut while the server processes the e-mail; its response is still stored."""
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    worker = connection.connection.info.backend_pid

    def cut(recipient: str) -> None:
        if len(mail_server.taken) == broken:
            with psycopg.connect(url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [worker])

    mail_server.before_answer = cut
    delivery_worker.deliver_batch(draft.pk)
    delivery_worker.deliver_batch(draft.pk)
    assert draft.deliveries.counts()["sent"] == 3
    assert sorted(mail_server.recipients) == [f"reader{n}@readers.example" for n in range(3)]
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}
    draft.refresh_from_db()
    assert draft.state == "sent"

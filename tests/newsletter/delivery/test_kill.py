"""A worker killed during delivery sends nothing twice and skips nobody."""

import signal
import threading
from collections import Counter
from datetime import timedelta

import pytest

from accounts.models import User
from newsletter.delivery import claims, controls, sending
from newsletter.delivery import worker as delivery_worker
from tests.newsletter.factories import issue, subscribers
from tests.newsletter.mailserver import MailServer
from tests.newsletter.worker import start_worker

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_delivery_of_a_killed_worker_is_uncertain_and_not_resent(
    edna: User, mail_server: MailServer
) -> None:
    subscribers(5)
    draft = issue()
    sending.start(draft, by=edna)
    accepted, released = threading.Event(), threading.Event()

    def wait(recipient: str) -> None:
        if len(mail_server.taken) == 3:
            accepted.set()
            released.wait(60)

    mail_server.before_answer = wait
    worker = start_worker(draft)
    assert accepted.wait(60)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    released.set()

    assert draft.deliveries.counts()["sending"] == 1
    assert controls.mark_stale_uncertain(after=timedelta(0)) == 1
    controls.expire_leases(after=-claims.LEASE)
    delivery_worker.deliver_batch(draft.pk)
    counts = draft.deliveries.counts()
    assert (counts["sent"], counts["uncertain"]) == (4, 1)
    assert sorted(Counter(mail_server.recipients).values()) == [1] * 5

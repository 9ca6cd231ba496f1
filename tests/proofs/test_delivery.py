"""Killed again and again at any moment: nobody gets two mails and nobody is forgotten."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from newsletter import recovering, sending
from tests.newsletter.lists import issue, subscribers
from tests.newsletter.mailserver import MailServer, running_mail_server
from tests.newsletter.worker import start_worker
from tests.proofs.size import sized

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
EVERYBODY = sized(150, 10_000)
KILLS = sized(4, 20)


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server(settings) as server:
        yield server


def test_killed_again_and_again_at_any_moment_nobody_gets_two_and_nobody_is_forgotten(
    edna: User, mail_server: MailServer
) -> None:
    subscribers(EVERYBODY)
    made = issue()
    sending.start(made, by=edna)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 30))
    chance = random.Random(seed)
    mail_server.before_answer = lambda recipient: time.sleep(0.01)
    for _ in range(KILLS):
        worker = start_worker(made)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.6))
        worker.kill()
        worker.wait()
    worker = start_worker(made)
    assert worker.wait(sized(120, 1200)) == 0
    recovering.doubt_stranded(after=timedelta(0))
    recovering.close(made.pk)

    counts = made.deliveries.counts()
    received = Counter(mail_server.recipients)
    print(f"seed {seed}: {counts}, {len(received)} received")
    assert sum(counts.values()) == EVERYBODY
    assert counts["sent"] + counts["uncertain"] == EVERYBODY
    assert counts["uncertain"] <= KILLS
    assert max(received.values()) == 1
    sent = made.deliveries.filter(state="sent").values_list("subscriber__email", flat=True)
    assert set(sent) <= set(received)
    made.refresh_from_db()
    assert made.state == "sent"

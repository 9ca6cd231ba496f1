"""A delivery with killed workers sends nothing twice and omits nobody."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.models import Issue, Subscriber
from tests.newsletter.smtp_process import Moods, Running, smtp_process
from tests.proofs.arena import CONNECTIONS, in_the_tests_database, own_cluster
from tests.proofs.size import FULL, PATIENCE, sized

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
RECIPIENTS = sized(300, 10_000)
KILLS, RESTARTS = sized(2, 20), sized(1, 2)
LEAVING = sized(60, 500)
A_WEEK = 7 * 24 * 3600
WORKERS = 2


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("SEED") or sized(1, random.SystemRandom().randrange(1 << 30)))


@pytest.fixture
def server(tmp_path: Path, seed: int) -> Iterator[Running]:
    moods = Moods(seed, refused=0.03, deferred=0.05, dropped=0.01, thinks=sized(0.08, 0.005))
    with smtp_process(tmp_path / "taken", moods) as running:
        yield running


def test_killed_workers_send_nothing_twice_and_omit_nobody(server: Running, seed: int) -> None:
    with own_cluster(server.port, RECIPIENTS) if FULL else _here(server.port, RECIPIENTS) as arena:
        rng = random.Random(seed)
        interruptions = ["kill"] * KILLS + ["restart"] * RESTARTS
        rng.shuffle(interruptions)
        arena.make_ready(WORKERS + sized(KILLS, 1))
        for _ in range(WORKERS):
            arena.start_worker()
        start = time.monotonic()
        # During the delivery, at any moment of an e-mail.
        first, last = RECIPIENTS // 10, RECIPIENTS * sized(2, 3) // 4
        moments = sorted(rng.sample(range(first, last), len(interruptions)))
        for interruption, after in zip(interruptions, moments, strict=True):
            _wait_until(lambda after=after: arena.age_claims() or server.count() >= after)
            time.sleep(rng.uniform(0.0, 0.03))
            if interruption == "restart":
                arena.restart(hard=rng.random() < 0.5)
                continue
            arena.kill(rng.choice(arena.workers))
            arena.start_worker()
        halfway = arena.counts()
        arena.finish(within=sized(300, 900))
        took = time.monotonic() - start
        states = {row["email"]: row for row in arena.ask(STATES)}
        (run,) = arena.ask("SELECT state FROM newsletter_issue")
        tries = arena.ask("SELECT count(*) AS n FROM newsletter_attempt")[0]["n"]

    counts = Counter(row["state"] for row in states.values())
    accepted, dropped = Counter(server.recipients()), server.recipients("dropped")
    allowed = CONNECTIONS * (KILLS + WORKERS * RESTARTS) + len(dropped)
    print(
        f"seed {seed}: {KILLS} kills, {RESTARTS} restarts of the database, {len(dropped)} hung up "
        f"on after DATA, {len(server.recipients('deferred'))} put off, in {took:.0f} s; after the "
        f"last blow {halfway}; at the end {dict(counts)} = {sum(counts.values())}, {len(accepted)} "
        f"taken, {tries} answers; uncertain {counts['uncertain']} of {allowed} allowed"
    )
    assert sum(counts.values()) == RECIPIENTS
    assert set(counts) <= {"sent", "uncertain", "refused"}
    assert run["state"] == "sent"
    assert max(accepted.values()) == 1
    assert {states[email]["state"] for email in accepted} <= {"sent", "uncertain"}
    assert {email for email, row in states.items() if row["state"] == "sent"} <= set(accepted)
    # A worker killed before it stores a rejection leaves an uncertain delivery as well.
    rejected = set(server.recipients("refused"))
    assert {email for email, row in states.items() if row["state"] == "refused"} <= rejected
    assert {states[email]["state"] for email in rejected} <= {"refused", "uncertain"}
    assert counts["uncertain"] <= allowed
    for line in server.lines():
        if line["what"] == "taken":
            assert line["id"] == states[line["to"]]["message_id"]
    # The interruptions happened during the delivery.
    assert halfway.get("sent", 0) > 0
    assert sum(halfway.get(state, 0) for state in ("queued", "claimed", "sending")) > 0


STATES = """
SELECT s.email, d.state, d.message_id, d.sending_at FROM newsletter_delivery d
  JOIN newsletter_subscriber s ON s.id = d.subscriber_id
"""


def test_nobody_gets_an_email_after_unsubscribing(server: Running, seed: int) -> None:
    """Compared with the time after the unsubscription was committed."""
    with _here(server.port, LEAVING * 2) as arena:
        unsubscribing = list(
            Subscriber.objects.order_by("?")[:LEAVING].values_list("email", "token")
        )
        unsubscribed_at: dict[str, float] = {}
        arena.make_ready(WORKERS)
        for _ in range(WORKERS):
            arena.start_worker()
        clients = [
            threading.Thread(target=_unsubscribe, args=(unsubscribing[number::4], unsubscribed_at))
            for number in range(4)
        ]
        _wait_until(lambda: server.count() >= LEAVING // 10)
        for client in clients:
            client.start()
        for client in clients:
            client.join(300)
        arena.finish(within=300)
        rows = {row["email"]: row for row in arena.ask(STATES)}

    accepted = {line["to"]: line["at"] for line in server.lines() if line["what"] == "taken"}
    assert len(unsubscribed_at) == LEAVING
    late = 0
    for email, moment in unsubscribed_at.items():
        row = rows[email]
        if row["state"] == "suppressed":
            assert email not in accepted
            continue
        # These deliveries were claimed before the unsubscription was committed.
        late += 1
        assert row["sending_at"].timestamp() <= moment
    print(
        f"seed {seed}: of {LEAVING} who left while it went out {LEAVING - late} got nothing, "
        f"{late} had been marked before; {len(accepted)} of {LEAVING * 2} mails taken"
    )
    assert 0 < late < LEAVING


def _unsubscribe(unsubscribing: list[tuple[str, str]], unsubscribed_at: dict[str, float]) -> None:
    from django.db import connection

    from newsletter.subscriptions import opt_in

    try:
        for email, token in unsubscribing:
            opt_in.unsubscribe(token)
            unsubscribed_at[email] = time.time()
    finally:
        connection.close()


def test_an_overdue_issue_is_sent_once_by_workers_with_different_clocks(
    server: Running, seed: int
) -> None:
    """No worker ran at the scheduled time; then two start, one with a wrong clock."""
    count = sized(60, 2000)
    with _here(server.port, count, started=False) as arena:
        arena.ask(
            "UPDATE newsletter_issue SET state = 'scheduled', send_at = now() - interval '3 hours'"
        )
        arena.make_ready(1)
        arena.make_ready(1, ahead=A_WEEK)
        arena.start_worker()
        arena.start_worker()
        _wait_until(lambda: Issue.objects.get().has_started)
        arena.finish(within=300)
        sent, counts = Issue.objects.get(), arena.counts()
        (started,) = sent.events.filter(action="started")
        (now,) = arena.ask("SELECT now() - max(sending_at) AS since FROM newsletter_delivery")
    accepted = Counter(server.recipients())
    print(f"seed {seed}: {counts}, {len(accepted)} taken, “{started.details}”")
    assert started.details.startswith(f"Recipients: {count}. Started 180 minutes late")
    assert sent.delay is not None
    assert sum(counts.values()) == count
    assert max(accepted.values()) == 1
    assert set(counts) <= {"sent", "refused", "uncertain"}
    assert counts.get("uncertain", 0) <= len(server.recipients("dropped"))
    assert now["since"].total_seconds() >= 0


def _here(port: int, count: int, *, started: bool = True) -> Any:
    return in_the_tests_database(port, count, started=started)


def _wait_until(condition: Any, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)

"""A file of 200,000 subscribers is looked over and taken in within a minute, its broken rows by line."""

import random
import time

import pytest

from newsletter.imports import runner, uploads
from newsletter.imports.column_mapping import ColumnMapping
from newsletter.models import Consent, Subscriber, SubscriberImport, Subscription
from newsletter.subscriptions import opt_in, suppression
from tests.newsletter.factories import news, subscribers
from tests.proofs.size import FULL, sized

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
ROWS = sized(4_000, 200_000)
SECONDS = 60
SEED = 6

BROKEN = ("", "no address", "ola@", "a@b@c.example", "ölå@readers.example", "x" * 400, "@x.example")


def written(chance: random.Random) -> tuple[bytes, dict[str, set[int]]]:
    """The file, and the lines of which something must be said."""
    told: dict[str, set[int]] = {
        outcome: set() for outcome in ("broken", "duplicate", "left", "suppressed")
    }
    lines = ["E-mail;Name;Sprache"]
    for number in range(ROWS):
        line = len(lines) + 1
        kind = chance.random()
        name = '"Lind; ""Ola"""' if number % 7 == 0 else f"Ölå {number}"
        address = f"reader{number}@Readers{number % 90}.example"
        if kind < 0.02:
            address = chance.choice(BROKEN)
            told["broken"].add(line)
        elif kind < 0.04 and number > 500:
            # Repeats one of the addresses below, which are all good.
            address = f"READER{number % 400}.known@readers.example"
            told["duplicate"].add(line)
        if 10 <= number < 410:
            address = f"reader{number - 10}.known@readers.example"
            for outcome in told.values():
                outcome.discard(line)
        lines.append(f"{address};{name};de")
    for number in range(40):
        lines.append(f"reader{number}@readers.example;;")
        told["left" if number < 20 else "suppressed"].add(len(lines))
    return "\r\n".join(lines).encode("windows-1252"), told


def test_a_long_file_is_taken_in_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.job_queue.enqueue_import", lambda import_id: None)
    for number, gone in enumerate(subscribers(40)):
        if number < 20:
            opt_in.unsubscribe(gone.token)
        else:
            suppression.suppress(gone, because="complained")
    content, told = written(random.Random(SEED))
    made = uploads.upload(
        content, name="list.csv", newsletters=[news()], consent="On paper, in May", by=None
    )
    seconds = {}
    began = time.monotonic()
    assert uploads.enqueue_dry_run(made, ColumnMapping(0, 1, 2))
    runner.dry_run(made.pk)
    seconds["looked over"] = time.monotonic() - began
    made.refresh_from_db()
    assert not Subscriber.objects.receiving(news()).exists()
    began = time.monotonic()
    assert uploads.enqueue_run(made)
    runner.run_import(made.pk)
    seconds["taken in"] = time.monotonic() - began
    made.refresh_from_db()
    print(f"seed {SEED}: {ROWS + 40} rows, {made.counts}, {seconds}")
    for outcome, lines in told.items():
        assert set(made.rows.filter(outcome=outcome).values_list("line", flat=True)) == lines, (
            outcome
        )
        assert made.count(outcome) == len(lines)
    taken = ROWS - len(told["broken"]) - len(told["duplicate"])
    assert made.count("new") == taken
    assert Subscriber.objects.receiving(news()).count() == taken
    assert Subscription.objects.count() == Consent.objects.count() == taken
    assert made.state == SubscriberImport.State.DONE
    assert not FULL or max(seconds.values()) < SECONDS

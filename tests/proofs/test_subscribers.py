"""A file of 200,000 subscribers is checked and imported within a minute, with invalid rows by line."""

import random
import time

import pytest

from newsletter.imports import runner, uploads
from newsletter.imports.csv_reader import ColumnMapping
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


def make_file(rng: random.Random) -> tuple[bytes, dict[str, set[int]]]:
    """The file, and the expected lines of each outcome."""
    expected: dict[str, set[int]] = {
        outcome: set() for outcome in ("broken", "duplicate", "left", "suppressed")
    }
    lines = ["E-mail;Name;Sprache"]
    for number in range(ROWS):
        line = len(lines) + 1
        kind = rng.random()
        name = '"Lind; ""Ola"""' if number % 7 == 0 else f"Ölå {number}"
        email = f"reader{number}@Readers{number % 90}.example"
        if kind < 0.02:
            email = rng.choice(BROKEN)
            expected["broken"].add(line)
        elif kind < 0.04 and number > 500:
            # Repeats one of the valid e-mail addresses below.
            email = f"READER{number % 400}.known@readers.example"
            expected["duplicate"].add(line)
        if 10 <= number < 410:
            email = f"reader{number - 10}.known@readers.example"
            for outcome in expected.values():
                outcome.discard(line)
        lines.append(f"{email};{name};de")
    for number in range(40):
        lines.append(f"reader{number}@readers.example;;")
        expected["left" if number < 20 else "suppressed"].add(len(lines))
    return "\r\n".join(lines).encode("windows-1252"), expected


def test_a_long_file_is_imported_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.imports.uploads.enqueue", lambda import_id: None)
    for number, subscriber in enumerate(subscribers(40)):
        if number < 20:
            opt_in.unsubscribe(subscriber.token)
        else:
            suppression.suppress(subscriber, details="complained")
    content, expected = make_file(random.Random(SEED))
    subscriber_import = uploads.upload(
        content, name="list.csv", newsletters=[news()], consent="On paper, in May", by=None
    )
    seconds = {}
    start = time.monotonic()
    assert uploads.enqueue_dry_run(subscriber_import, ColumnMapping(0, 1, 2))
    runner.dry_run(subscriber_import.pk)
    seconds["dry run"] = time.monotonic() - start
    subscriber_import.refresh_from_db()
    assert not Subscriber.objects.receiving(news()).exists()
    start = time.monotonic()
    assert uploads.enqueue_run(subscriber_import)
    runner.run_import(subscriber_import.pk)
    seconds["import"] = time.monotonic() - start
    subscriber_import.refresh_from_db()
    print(f"seed {SEED}: {ROWS + 40} rows, {subscriber_import.counts}, {seconds}")
    for outcome, lines in expected.items():
        assert (
            set(subscriber_import.rows.filter(outcome=outcome).values_list("line", flat=True))
            == lines
        ), outcome
        assert subscriber_import.count(outcome) == len(lines)
    imported = ROWS - len(expected["broken"]) - len(expected["duplicate"])
    assert subscriber_import.count("new") == imported
    assert Subscriber.objects.receiving(news()).count() == imported
    assert Subscription.objects.count() == Consent.objects.count() == imported
    assert subscriber_import.state == SubscriberImport.State.DONE
    assert not FULL or max(seconds.values()) < SECONDS

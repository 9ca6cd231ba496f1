"""Sending: e-mails per second compared with a bare loop, recipient snapshot, personalisation and memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from typing import Any, Final

from django.conf import settings
from django.db import connection

from newsletter.delivery import sending
from newsletter.delivery.worker import template_of
from newsletter.email.rendering import stored_email
from newsletter.models import Delivery, Issue, Newsletter
from tests.bench.serving import cpu_of_tree, postmaster
from tests.bench.table import Line
from tests.newsletter.factories import issue
from tests.newsletter.smtp_process import Running, smtp_process
from tests.newsroom import published

AUDIENCE: Final = int(os.environ.get("IRIA_BENCH_AUDIENCE") or 100_000)
BARE: Final = 2_000
"""E-mails of the bare loop in each round."""
SECONDS: Final = 5.0
"""How long the worker sends in each round; a job stops after twenty."""
WARM_UP: Final = 1.0
FULL_ROUND: Final = 500
"""The last round may find few e-mails left; below this number it does not count."""
ALLOWED: Final = {"speed": 0.70, "freezing_s": 3.0, "filling_ms": 1.0, "growth_mb": 8.0}

BARE_LOOP: Final = """
import json, smtplib, sys, time
from concurrent.futures import ThreadPoolExecutor
port, file, connections, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
body = open(file, "rb").read()
def send(first):
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()
        for number in range(first, count, connections):
            server.sendmail("desk@example.org", f"reader{number}@readers.example", body)
start, cpu = time.perf_counter(), time.process_time()
with ThreadPoolExecutor(connections) as pool:
    list(pool.map(send, range(connections)))
elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
print(json.dumps({"speed": count / elapsed, "cpu_ms": cpu * 1000 / count}))
"""
WORK: Final = "import django; django.setup(); from tests.bench.mailing import work; work({issue})"


def measure() -> dict[str, Any]:
    """Adds subscribers to an empty database, takes the snapshot and sends everything."""
    newsletter = Newsletter.objects.offered()[0]
    Newsletter.objects.update(canary_percent=0)
    _subscribe(newsletter)
    draft = _issue(newsletter)
    start = time.perf_counter()
    count = sending.start(draft, by=None)
    freezing = time.perf_counter() - start
    assert count == AUDIENCE
    filling, wire = _filling(draft)
    with tempfile.TemporaryDirectory() as folder, smtp_process(Path(folder) / "log") as server:
        lines, bare = _send(draft, server, wire)
    first, last = lines[0]["memory_mb"], max(line["memory_mb"] for line in lines)
    # Without the first one, in which the worker connects and everything is cold; a test has no other.
    every_round = list(zip(lines, bare, strict=True))
    rounds = every_round[1:] or every_round
    results = {
        "audience": AUDIENCE,
        "bytes": len(wire),
        "bare_per_s": round(median(floor["speed"] for _, floor in rounds)),
        "ours_per_s": round(median(line["speed"] for line, _ in rounds)),
        "speed": round(median(line["speed"] / floor["speed"] for line, floor in rounds), 2),
        "rounds": len(rounds),
        "bare_cpu_ms": round(median(floor["cpu_ms"] for _, floor in rounds), 3),
        "worker_cpu_ms": round(median(line["cpu_ms"] for line, _ in rounds), 3),
        "database_cpu_ms": round(median(line["database_cpu_ms"] for line, _ in rounds), 3),
        "freezing_s": round(freezing * 100_000 / AUDIENCE, 2),
        "filling_ms": round(filling, 4),
        "memory_after_warm_up_mb": round(first, 1),
        "growth_mb": round(last - first, 1),
        "sent": Delivery.objects.filter(issue=draft, state="sent").count(),
    }
    results["met"] = (
        results["speed"] >= ALLOWED["speed"]
        and all(
            results[each] <= ALLOWED[each] for each in ("freezing_s", "filling_ms", "growth_mb")
        )
        and results["sent"] == AUDIENCE
    )
    return results


def lines(results: dict[str, Any]) -> list[Line]:
    return [
        Line(
            f"newsletter to {results['audience']:,}", results["ours_per_s"], "e-mails/s",
            results["bare_per_s"], "smtplib loop", results["speed"], ALLOWED["speed"], is_least=True,
            note=f"{results['worker_cpu_ms']} ms of processor and {results['database_cpu_ms']} of "
            f"PostgreSQL an e-mail; the loop {results['bare_cpu_ms']}",
        ),
        Line("recipients, 100,000", results["freezing_s"], "s", limit=ALLOWED["freezing_s"]),
        Line("e-mail, personalised", results["filling_ms"], "ms", limit=ALLOWED["filling_ms"]),
        Line(
            "worker, growth of memory", results["growth_mb"], "MB", limit=ALLOWED["growth_mb"],
            note=f"from {results['memory_after_warm_up_mb']} MB after the first second",
        ),
    ]  # fmt: skip


def _subscribe(newsletter: Newsletter) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO newsletter_subscriber"
            " (email, state, token, created_at, confirmed_at, suppression_reason)"
            " SELECT 'reader' || n || '@readers' || n %% 50 || '.example', 'active',"
            " left(replace(gen_random_uuid()::text, '-', ''), 32), now(), now(), ''"
            " FROM generate_series(1, %s) n",
            [AUDIENCE],
        )
        cursor.execute(
            "INSERT INTO newsletter_subscription (subscriber_id, newsletter_id, created_at)"
            " SELECT id, %s, now() FROM newsletter_subscriber WHERE email LIKE '%%@readers%%.example'",
            [newsletter.pk],
        )
        cursor.execute("VACUUM ANALYZE newsletter_subscriber, newsletter_subscription")


def _issue(newsletter: Newsletter) -> Issue:
    pieces = (
        published(f"Measured piece {position}", standfirst="What it is about. " * 12)
        for position in range(1, 9)
    )
    return issue("A measured week", *pieces, newsletter=newsletter)


def _filling(issue: Issue) -> tuple[float, bytes]:
    """Milliseconds per recipient, with one parsed template for a thousand."""
    rendered = stored_email(issue)
    start = time.perf_counter()
    template = template_of(issue, rendered)
    wire = b""
    for number in range(1000):
        wire = template.render_for(
            address=f"reader{number}@readers.example", token="t" * 32, message_id="<x@y.example>"
        )
    return (time.perf_counter() - start), wire


def _bare_loop(server: Running, wire: bytes) -> dict[str, float]:
    """Sends by smtplib in a process of its own, over as many connections as ours."""
    with NamedTemporaryFile() as file:
        file.write(wire[: -len(b".\r\n")])
        file.flush()
        command = [sys.executable, "-c", BARE_LOOP, str(server.port), file.name]
        counts = [str(settings.NEWSLETTER_CONNECTIONS), str(BARE)]
        found: dict[str, float] = json.loads(subprocess.check_output([*command, *counts]))
        return found


def _send(
    issue: Issue, server: Running, wire: bytes
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Alternates the worker, in its own process, and the bare loop; returns what each round gave.

    Other work on the machine slows down both sides of a round.
    """
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "iria.settings",
        "NEWSLETTER_MAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", WORK.format(issue=issue.pk)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    first = postmaster()
    lines: list[dict[str, float]] = []
    bare: list[dict[str, float]] = []
    while True:
        database = cpu_of_tree(first) if first else 0.0
        worker.stdin.write("go on\n")
        worker.stdin.flush()
        line = json.loads(worker.stdout.readline())
        if line["sent"] >= FULL_ROUND or not lines:
            used = cpu_of_tree(first) - database if first else 0.0
            line["database_cpu_ms"] = used * 1000 / line["sent"]
            lines.append(line)
            bare.append(_bare_loop(server, wire))
        if not line["more"]:
            break
    worker.stdin.close()
    assert worker.wait(300) == 0
    return lines, bare


def work(issue_id: int) -> None:
    """Sends an issue in rounds, one for each line of the input; prints what each round gave."""
    from newsletter.delivery import worker

    seconds = WARM_UP
    for _ in sys.stdin:
        before, cpu, start = _sent_count(issue_id), time.process_time(), time.perf_counter()
        more = worker.deliver(issue_id, should_stop=_after(seconds))
        elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
        sent = _sent_count(issue_id) - before
        found = {
            "sent": sent,
            "speed": sent / elapsed,
            "cpu_ms": cpu * 1000 / max(1, sent),
            "memory_mb": _memory(),
            "more": more,
        }
        print(json.dumps(found), flush=True)
        seconds = SECONDS


def _after(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


def _sent_count(issue_id: int) -> int:
    return Delivery.objects.filter(issue_id=issue_id, state="sent").count()


def _memory() -> float:
    """The memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

"""Sending: e-mails per second compared with a bare loop, recipient snapshot, personalisation and memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from typing import Any, Final

from django.conf import settings
from django.db import connection

from newsletter.delivery import sending
from newsletter.delivery.batch import template_of
from newsletter.email.rendering import stored_email
from newsletter.models import Delivery, Issue, Newsletter
from tests.bench.table import Line
from tests.newsletter.factories import issue
from tests.newsletter.smtp_process import Running, smtp_process
from tests.newsroom import published

AUDIENCE: Final = int(os.environ.get("IRIA_BENCH_AUDIENCE") or 100_000)
BARE: Final = 2_000
"""E-mails of the bare loop, and of each measured batch."""
ALLOWED: Final = {"speed": 0.70, "freezing_s": 3.0, "filling_ms": 1.0, "growth_mb": 8.0}

BARE_LOOP: Final = """
import smtplib, sys, time
from concurrent.futures import ThreadPoolExecutor
port, file, connections, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
body = open(file, "rb").read()
def send(first):
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()
        for number in range(first, count, connections):
            server.sendmail("desk@example.org", f"reader{number}@readers.example", body)
start = time.perf_counter()
with ThreadPoolExecutor(connections) as pool:
    list(pool.map(send, range(connections)))
print(count / (time.perf_counter() - start))
"""
WORK: Final = "import django; django.setup(); from tests.bench.mailing import work; work({issue})"


def measure() -> dict[str, Any]:
    """Adds subscribers to an empty database, takes the snapshot and sends everything."""
    newsletter = Newsletter.objects.offered()[0]
    Newsletter.objects.update(canary_percent=0)
    _subscribe(newsletter)
    made = _issue(newsletter)
    start_scheduled = time.perf_counter()
    count = sending.start(made, by=None)
    freezing = time.perf_counter() - start_scheduled
    assert count == AUDIENCE
    filling, wire = _filling(made)
    with tempfile.TemporaryDirectory() as folder, smtp_process(Path(folder) / "log") as server:
        bare = [_bare_loop(server, wire)]
        lines = _send(made, server, bare, wire)
    speeds = [line["speed"] for line in lines]
    first, last = lines[0]["memory_mb"], max(line["memory_mb"] for line in lines)
    found = {
        "audience": AUDIENCE,
        "bytes": len(wire),
        "bare_per_s": round(median(bare)),
        "ours_per_s": round(median(speeds)),
        "speed": round(median(speeds) / median(bare), 2),
        "freezing_s": round(freezing * 100_000 / AUDIENCE, 2),
        "filling_ms": round(filling, 4),
        "memory_after_1000_mb": round(first, 1),
        "growth_mb": round(last - first, 1),
        "sent": Delivery.objects.filter(issue=made, state="sent").count(),
    }
    found["met"] = (
        found["speed"] >= ALLOWED["speed"]
        and all(found[each] <= ALLOWED[each] for each in ("freezing_s", "filling_ms", "growth_mb"))
        and found["sent"] == AUDIENCE
    )
    return found


def lines(found: dict[str, Any]) -> list[Line]:
    return [
        Line(
            f"newsletter to {found['audience']:,}", found["ours_per_s"], "e-mails/s",
            found["bare_per_s"], "smtplib loop", found["speed"], ALLOWED["speed"], is_least=True,
        ),
        Line("recipients, 100,000", found["freezing_s"], "s", limit=ALLOWED["freezing_s"]),
        Line("e-mail, personalised", found["filling_ms"], "ms", limit=ALLOWED["filling_ms"]),
        Line(
            "worker, growth of memory", found["growth_mb"], "MB", limit=ALLOWED["growth_mb"],
            note=f"from {found['memory_after_1000_mb']} MB after 1,000",
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
    start_scheduled = time.perf_counter()
    template = template_of(issue, rendered)
    wire = b""
    for number in range(1000):
        wire = template.render_for(
            address=f"reader{number}@readers.example", token="t" * 32, message_id="<x@y.example>"
        )
    return (time.perf_counter() - start_scheduled), wire


def _bare_loop(server: Running, wire: bytes) -> float:
    """E-mails per second of smtplib in a process of its own, over as many connections as ours."""
    with NamedTemporaryFile() as file:
        file.write(wire[: -len(b".\r\n")])
        file.flush()
        command = [sys.executable, "-c", BARE_LOOP, str(server.port), file.name]
        counts = [str(settings.NEWSLETTER_CONNECTIONS), str(BARE)]
        return float(subprocess.check_output([*command, *counts], text=True))


def _send(issue: Issue, server: Running, bare: list[float], wire: bytes) -> list[dict[str, Any]]:
    """Runs the worker in its own process, paused now and then for the bare loop."""
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
    lines: list[dict[str, Any]] = []
    for line in worker.stdout:
        lines.append(json.loads(line))
        if len(lines) in {2, 4, 8, 16, 32}:
            bare.append(_bare_loop(server, wire))
        worker.stdin.write("go on\n")
        worker.stdin.flush()
    assert worker.wait(60) == 0
    return lines


def work(issue_id: int) -> None:
    """Sends an issue; prints speed and memory after every batch."""
    from newsletter.delivery import worker

    batch, done = 1_000, 0
    while True:
        start_scheduled, before = time.perf_counter(), _sent_count(issue_id)
        more = worker.deliver(issue_id, should_stop=_after(issue_id, before + batch))
        elapsed = time.perf_counter() - start_scheduled
        sent = _sent_count(issue_id) - before
        done += sent
        if sent >= 500:
            print(
                json.dumps({"speed": sent / elapsed, "memory_mb": _memory(), "done": done}),
                flush=True,
            )
            sys.stdin.readline()
        if not more:
            return
        batch = BARE


def _after(issue_id: int, wanted: int) -> Any:
    state = {"next": time.monotonic() + 0.5}

    def enough() -> bool:
        if time.monotonic() < state["next"]:
            return False
        state["next"] = time.monotonic() + 0.5
        return _sent_count(issue_id) >= wanted

    return enough


def _sent_count(issue_id: int) -> int:
    return Delivery.objects.filter(issue_id=issue_id, state="sent").count()


def _memory() -> float:
    """The memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

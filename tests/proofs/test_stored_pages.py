"""Stored pages under load: nothing older than a second after its commit, no page of two versions."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median
from threading import Event
from typing import Any, Final

import pytest
from django.db import connection

from articles.comments.models import Comment
from articles.comments.screening.models import ScreeningRule
from articles.editorial.models import Article
from articles.images.models import Image
from iria.publication import menus
from iria.publication.models import current_publication
from tests import newsroom
from tests.bench.serving import PROJECT, Server, serving
from tests.proofs.size import sized

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

EDITS: Final = sized(40, 1000)
READERS: Final = 4
PAUSE_SECONDS: Final = sized(0.1, 0.05)
LATEST_SECONDS: Final = 1.0
MARK: Final = re.compile(r"(Text|Credit|Comment) number (\d+)\.")


@dataclass(frozen=True, slots=True)
class Seen:
    """A response: when it was requested, and the numbers on it by kind."""

    asked_at: float
    path: str
    numbers: dict[str, set[int]]


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Any:
    """Two gunicorns with two workers each, as on two machines."""
    database = connection.settings_dict
    server = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    environment = {
        "DATABASE_URL": f"postgres://{server}/{database['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "IRIA_STATE": str(tmp_path),
        "DEBUG": "no",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"],
        env=os.environ | environment,
        cwd=PROJECT,
        check=True,
    )
    with serving(page_store_mb=32) as first, serving(page_store_mb=32) as second:
        yield first, second


def test_no_response_is_older_than_a_second(servers: tuple[Server, Server]) -> None:
    menus.save(current_publication())
    ScreeningRule.objects.update(active=False)
    article = newsroom.published(
        "Text number 0.",
        body="<p>Text number 0.</p>",
        lead_image=newsroom.picture(credit="Credit number 0."),
    )
    committed = {"Text": [(time.monotonic(), 0)], "Credit": [(time.monotonic(), 0)], "Comment": []}
    edits: dict[str, Callable[[int], object]] = {
        "Text": lambda number: Article.objects.update(
            headline=f"Text number {number}.", body=f"<p>Text number {number}.</p>"
        ),
        "Credit": lambda number: Image.objects.update(credit=f"Credit number {number}."),
        "Comment": lambda number: Comment.objects.create(
            article=article, name="Ola", text=f"Comment number {number}.", state="approved"
        ),
    }
    paths, over = [article.get_absolute_url(), "/"], Event()
    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read, servers[number % 2], paths, over) for number in range(READERS)]
        try:
            for number, kind in zip(range(1, EDITS + 1), cycle(edits), strict=False):
                edits[kind](number)
                committed[kind].append((time.monotonic(), number))
                time.sleep(PAUSE_SECONDS)
            time.sleep(LATEST_SECONDS)
        finally:
            over.set()
        responses = [seen for each in readers for seen in each.result()]
    delays = [delay for seen in responses for delay in outdated_for(seen, committed, paths)]
    print(
        f"{EDITS} edits, {len(responses)} responses; {len(delays)} of them were requested after a"
        f" commit and are older, by {median(delays or [0]) * 1000:.0f} ms (median) and"
        f" {max(delays, default=0) * 1000:.0f} ms (most)"
    )
    assert len(responses) > EDITS
    assert all(len(seen.numbers.get("Text", ())) == 1 for seen in responses)
    assert max(delays, default=0) <= LATEST_SECONDS
    last = {kind: moments[-1][1] for kind, moments in committed.items()}
    assert {kind: max(responses[-1].numbers[kind]) for kind in last} == last


def read(server: Server, paths: list[str], over: Event) -> list[Seen]:
    """Requests the pages in turn, and ends after the first of them."""
    found, http = [], HTTPConnection("127.0.0.1", server.port, timeout=30)
    for path in cycle(paths):
        if over.is_set() and path == paths[-1]:
            break
        asked_at = time.monotonic()
        http.request("GET", path)
        response = http.getresponse()
        body = response.read().decode()
        assert response.status == 200, body
        numbers: dict[str, set[int]] = {}
        for kind, number in MARK.findall(body):
            numbers.setdefault(kind, set()).add(int(number))
        found.append(Seen(asked_at, path, numbers))
    return found


def outdated_for(
    seen: Seen, committed: dict[str, list[tuple[float, int]]], paths: list[str]
) -> list[float]:
    """For each kind: how long before the request a newer text was committed."""
    kinds = committed if seen.path == paths[0] else {"Text": committed["Text"]}
    found = []
    for kind, moments in kinds.items():
        shown = max(seen.numbers.get(kind, {0}))
        newer = [moment for moment, number in moments if number > shown and moment < seen.asked_at]
        found += [seen.asked_at - min(newer)] if newer else []
    return found

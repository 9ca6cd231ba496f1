"""A web process stays small, however many different pages it has been asked for.

make prove memory
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import batched
from pathlib import Path
from typing import Final

import pytest
from django.core.management import call_command
from django.db import connection

from articles.editorial.models import Article
from iria.lab.evaluation.synthetic.articles import PREFIX
from iria.lab.evaluation.synthetic.words import SMALL, Language
from tests.bench.serving import Server, serving
from tests.proofs import machines
from tests.proofs.size import sized
from tests.shared import PROJECT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

ARTICLES, COMMENTS, REQUESTS = sized(200, 5_000), sized(4_000, 100_000), sized(2_000, 100_000)
STORE_MB: Final = sized(4, 16)
"""In the small proof so little that it is full after a few pages; else the default."""
MAX_MB, GROWTH = 180, sized(1.08, 1.04)
"""Of each process, with what it shares with others; and from half of the requests to the last one."""
CLIENTS: Final = 3


def test_a_web_process_stays_below_180_mb_and_no_longer_grows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machines.prepare(monkeypatch, tmp_path)
    call_command("load_synthetic", articles=ARTICLES, comments=COMMENTS, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    paths = _paths()
    with serving(page_store_mb=STORE_MB, API_RATE_LIMIT="1000000000") as server:
        measured = []
        for part in batched(paths, REQUESTS // 4):
            _request(server, part)
            measured.append(_memory(server))
            print(f"{len(measured) * len(part):,} requests: {measured[-1]} (RSS and PSS in MB)")
    _, half, _, end = measured
    assert half.keys() == end.keys(), "a process was replaced"
    assert max(rss for rss, _pss in end.values()) < MAX_MB
    for pid, (rss, _pss) in end.items():
        assert rss <= half[pid][0] * GROWTH


def _paths() -> list[str]:
    """Mostly articles, some lists, and URLs that are never the same, such as those of crawlers."""
    rng = random.Random(1)
    articles = [article.get_absolute_url() for article in Article.objects.published()]
    lists = ["/", "/feed/", "/sitemap.xml", "/api/v1/articles/", f"/category/{PREFIX}-1/"]
    words = Language().words[len(SMALL) :]

    def path(number: int) -> str:
        match rng.randrange(50):
            case 0:
                return f"/search/?q={words[number % len(words)]}"
            case 1 | 2:
                return f"/nothing-{number}/"
            case 3 | 4:
                return f"/?page={number}&campaign={number}"
            case 5 | 6 | 7 | 8:
                return rng.choice(lists)
        return rng.choice(articles)

    return [path(number) for number in range(REQUESTS)]


def _request(server: Server, paths: tuple[str, ...]) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        for status in clients.map(
            lambda number: list(_statuses(server, paths[number::CLIENTS])), range(CLIENTS)
        ):
            assert set(status) <= {200, 404}


def _statuses(server: Server, paths: tuple[str, ...]) -> Iterator[int]:
    # Not one connection for all, which would be served by one process.
    for some in batched(paths, 20):
        http = HTTPConnection("127.0.0.1", server.port, timeout=120)
        for path in some:
            http.request("GET", path, headers={"Accept-Encoding": "gzip"})
            response = http.getresponse()
            response.read()
            yield response.status
        http.close()


def _memory(server: Server) -> dict[int, tuple[int, int]]:
    """Process id of each worker → its RSS and PSS in megabytes; PSS divides what several processes share."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return {int(pid): _sizes(pid) for pid in children}


def _sizes(pid: str) -> tuple[int, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    rss, pss = (round(kilobytes[name] * 1024 / 1e6) for name in ("Rss", "Pss"))
    return rss, pss


def test_libraries_of_rare_pages_are_not_loaded_at_the_start() -> None:
    rare = ["css_inline", "dkim", "dns", "ijson", "markdown_it", "PIL", "redis", "yaml"]
    code = f"import iria.urls, sys; print(*(sys.modules.keys() & {rare}))"
    run = subprocess.run(
        [sys.executable, "-c", f"import iria.wsgi; {code}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == []

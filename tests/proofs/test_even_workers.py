"""Connections that are kept alive, and their requests, are shared out evenly among gunicorn's workers.

make prove even_workers
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any

import pytest

from tests.newsletter.mailserver import free_port
from tests.proofs.size import PATIENCE, sized

pytestmark = pytest.mark.proof
PROJECT = Path(__file__).resolve().parents[2]
WORKERS, CONNECTIONS, REQUESTS = 4, 64, sized(30, 1_000)
BUSIEST = 1.3
"""Requests of the busiest worker, compared with the mean."""
ROUNDS = sized(5, 1)
"""For so few requests, a moment in which other work keeps a worker waiting is uneven too."""

NGINX = """
daemon off; pid nginx.pid; error_log stderr; worker_processes 1; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    keepalive_requests 2000;
    upstream site {{ server 127.0.0.1:{site}; keepalive {keepalive}; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://site; proxy_http_version 1.1; proxy_set_header Connection "{connection}"; }}
    }}
}}
"""


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Takes half a millisecond, and names the worker."""
    sum(range(20_000))
    body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[int]:
    port, settings = free_port(), tmp_path / "gunicorn.py"
    settings.touch()
    command = (
        *(sys.executable, "-m", "gunicorn", f"{__name__}:app", f"--bind=127.0.0.1:{port}"),
        *(f"--config={settings}", f"--workers={WORKERS}", "--threads=4"),
        *("--worker-class=iria.gunicorn_worker.EvenWorker", "--no-control-socket"),
    )
    yield from _running(command, port)


@pytest.fixture(params=[0, CONNECTIONS], ids=["new connections", "kept-alive connections"])
def nginx(site: int, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[int]:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed (tests/install-programs.sh)")
    port, keepalive = free_port(), request.param
    (tmp_path / "nginx.conf").write_text(
        NGINX.format(
            user="user root;" if os.geteuid() == 0 else "",
            site=site,
            port=port,
            keepalive=keepalive or 1,
            connection="" if keepalive else "close",
        )
    )
    yield from _running(("nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")), port)


def test_the_busiest_worker_has_hardly_more_requests_than_the_others(site: int) -> None:
    _assert_even(site)


def test_the_same_behind_nginx(nginx: int) -> None:
    _assert_even(nginx)


def test_a_killed_worker_is_replaced_and_its_share_taken_over(site: int) -> None:
    (victim, _), *_ = _requests(site).most_common()
    os.kill(victim, 9)
    _wait_for_workers(site, without=victim)
    _assert_even(site)


def _assert_even(port: int) -> None:
    mean = CONNECTIONS * REQUESTS / WORKERS
    shares: list[float] = []
    while len(shares) < ROUNDS and min(shares, default=inf) > BUSIEST:
        counts = _requests(port)
        shares.append(max(counts.values()) / mean)
        print(
            f"requests of the workers: {sorted(counts.values())}, the busiest {shares[-1]:.2f} × the mean"
        )
        assert sum(counts.values()) == CONNECTIONS * REQUESTS
    assert min(shares) <= BUSIEST


def _requests(port: int, each: int = REQUESTS) -> Counter[int]:
    """Requests of each worker, of connections that are opened at once."""
    counts: Counter[int] = Counter()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(each):
            writer.write(b"GET / HTTP/1.1\r\nHost: site\r\n\r\n")
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert b"connection: close" not in head
            length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
            counts[int(await reader.readexactly(length))] += 1
        writer.close()

    async def all_connections() -> None:
        await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))

    asyncio.run(all_connections())
    return counts


def _running(command: Sequence[str], port: int) -> Iterator[int]:
    with subprocess.Popen(command, cwd=PROJECT) as process:
        try:
            _wait_for_workers(port)
            yield port
        finally:
            process.terminate()


def _wait_for_workers(port: int, without: int = 0) -> None:
    """Waits until all workers answer; they start one after another."""
    deadline, seen = time.monotonic() + PATIENCE, set[int]()
    while len(seen) < WORKERS and time.monotonic() < deadline:
        # The second by a connection that a killed worker had.
        with suppress(OSError, EOFError):
            seen |= set(_requests(port, each=1)) - {without}
        time.sleep(0.1)
    assert len(seen) == WORKERS, seen

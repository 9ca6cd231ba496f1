"""A database outage of a site that runs as in production.

make prove outage
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import sample
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from iria.launcher import paths, postgres_programs, postmaster, processes
from tests.newsletter.mailserver import free_port
from tests.proofs.nginx import NAME, nginx
from tests.proofs.size import PATIENCE, sized
from tests.shared import PROJECT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

AWAY_SECONDS = sized(8.0, 30.0)
# The limits apply to an idle machine, so they are asserted at full size.
MAX_SECONDS, BACK_SECONDS, WORKER_SECONDS = sized(30.0, 5.0), sized(10.0, 5.0), 60.0
SHOWN_SECONDS = sized(120.0, 5.0)
START_SECONDS = 300.0
PROCESSES = sized(2, 4)
CLIENTS = 4
WARMING = 5
PAUSE_SECONDS = 0.25
"""Between two requests of a client; four clients send about sixteen requests per second."""
TYPED = "somebody@readers.example"

GETS = (
    *("/", "/feed/", "/search/?q=energy", "/api/v1/articles/", "/admin/login/"),
    *("/accounts/login/", "/articles/nothing/", "/sitemap.xml", "/healthz", "/readyz"),
)
STORED = ("/", "/feed/", "/api/v1/articles/", "/sitemap.xml")
"""Pages that every web process has stored before the outage."""
FORM = ("/newsletter/", urlencode({"email": TYPED, "website": "", "came_from": "/"}))
NOT_STORED = {*GETS, FORM[0]} - {*STORED, "/healthz"}


@dataclass(frozen=True, slots=True)
class Answer:
    path: str
    began: float
    seconds: float
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass
class Site:
    """A gunicorn, a worker and their own PostgreSQL server."""

    port: int
    server: postmaster.Server
    log: Path
    settings: dict[str, str]
    pages: Path
    answers: list[Answer] = field(default_factory=list)
    read: int = 0
    """The length of the log of earlier tests."""
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def requests(self) -> Path:
        """The process and the path of each request."""
        return self.log.with_name("requests.log")

    def logged(self) -> str:
        """The log of the web server and the worker since the start of the test."""
        return self.log.read_text()[self.read :]

    def begin(self) -> None:
        """Requests pages until every process has sent, and so stored, each of `STORED`."""
        self.answers.clear()
        for path in GETS:
            self.ask(path)
        earlier = len(self.requests.read_text())
        wait_until(lambda: self._have_stored(self.requests.read_text()[earlier:]), START_SECONDS)
        self.read = len(self.log.read_text())

    def _have_stored(self, requests: str) -> bool:
        """Whether this log has a request of each stored page to each process; if not, sends more."""
        found = {line for line in requests.splitlines() if line.split()[1] in STORED}
        if len(found) == PROCESSES * len(STORED):
            return True
        # In any order, since processes take turns.
        with ThreadPoolExecutor(2 * CLIENTS) as pool:
            list(pool.map(self.ask, sample(WARMING * STORED, WARMING * len(STORED))))
        return False

    def ask(self, path: str, form: str = "") -> Answer:
        began = time.monotonic()
        url = urlsplit(self.settings["SITE_URL"])
        headers = {
            "Accept": "text/html, */*",
            "Host": url.netloc,
            "X-Forwarded-Proto": url.scheme,
        }
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST" if form else "GET", path, form or None, headers)
            response = connection.getresponse()
            headers_of_response, body = (
                {name.lower(): value for name, value in response.getheaders()},
                response.read(),
            )
            status = response.status
        except (OSError, HTTPException) as error:
            status, headers_of_response, body = 0, {}, repr(error).encode()
        finally:
            connection.close()
        return Answer(path, began, time.monotonic() - began, status, headers_of_response, body)

    def start_child(self, name: str) -> None:
        """Starts the web server or the worker, with the command of docs/running.md."""
        commands = {
            "web": [
                *("-m", "gunicorn", "iria.wsgi", f"--bind=127.0.0.1:{self.port}"),
                *(f"--workers={PROCESSES}", "--threads=4", "--no-control-socket"),
                *(f"--access-logfile={self.requests}", "--access-logformat=%(p)s %(U)s"),
                *("--worker-tmp-dir=/dev/shm", "--log-level=warning"),
            ],
            "worker": ["manage.py", "procrastinate", "worker"],
        }
        with self.log.open("ab") as output:
            self.children[name] = subprocess.Popen(
                [sys.executable, *commands[name]], env=self.settings, cwd=PROJECT, stderr=output
            )

    def stop_child(self, name: str) -> None:
        self.children[name].terminate()
        # After 30 s gunicorn kills its processes.
        self.children.pop(name).wait(PATIENCE)

    def stop_database(self) -> None:
        """Stops the database as in a power failure."""
        self.server.stop("immediate")

    def start_database(self) -> None:
        self.server.start(database_port(self))

    def freeze_database(self) -> None:
        """The database accepts connections but does not respond."""
        for pid in self._database_processes():
            processes.send(pid, signal.SIGSTOP)

    def thaw_database(self) -> None:
        for pid in self._database_processes():
            processes.send(pid, signal.SIGCONT)

    def _database_processes(self) -> list[int]:
        return processes.postgres_of(self.server.data)


def database_port(site: Site) -> int:
    lines = (site.log.parent / "port").read_text()
    return int(lines)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="iria-outage-"))
    folder.chmod(0o755)  # the user of the database needs access
    try:
        behind_nginx = {
            "SITE_URL": f"https://{NAME}",
            "ALLOWED_HOSTS": NAME,
            "TRUSTED_PROXIES": "127.0.0.0/8",
            "PAGE_DIRECTORY": str(folder / "pages"),
        }
        with running_site(folder, **behind_nginx) as site:
            yield site
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_site(folder: Path, **more: str) -> Iterator[Site]:
    data, log = folder / "postgres", folder / "log"
    log.mkdir()
    programs = postgres_programs.newest(folder, paths.database_user(data))
    server = postmaster.Server(data, log / "postgres.log", programs, durable=True)
    server.create("outage")
    port, database = free_port(), free_port()
    (log / "port").write_text(str(database))
    server.start(database)
    settings = {
        **os.environ,
        "DATABASE_URL": f"postgres://{postmaster.ROLE}:outage@127.0.0.1:{database}/{postmaster.DATABASE}",
        "IRIA_STATE": str(folder / "state"),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "API_RATE_LIMIT": "100000",
        "DEBUG": "no",
        **more,
    }
    site = Site(port, server, log / "site.log", settings, folder / "pages")
    try:
        for name in ("migrate", "createcachetable", "collectstatic"):
            options = ["--no-input"] if name != "createcachetable" else []
            manage = [sys.executable, "manage.py", name, *options, "-v0"]
            subprocess.run(manage, env=settings, cwd=PROJECT, check=True)
        for name in ("web", "worker"):
            site.start_child(name)
        wait_until(lambda: site.ask("/readyz").status == 200, START_SECONDS)
        wait_until(lambda: site.ask("/readyz/worker/").status == 200, START_SECONDS)
        yield site
        assert [child.poll() for child in site.children.values()] == [None, None], (
            "nothing had to be restarted"
        )
    finally:
        site.thaw_database()
        for name in list(site.children):
            site.stop_child(name)
        server.stop()


def wait_until(holds: Callable[[], bool], seconds: float) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def client(site: Site, number: int, until: Callable[[], bool]) -> None:
    """Sends requests for pages, and now and then a form."""
    turn = number
    while not until():
        turn += 1
        if turn % (len(GETS) + 1) == 0:
            site.answers.append(site.ask(*FORM))
        else:
            site.answers.append(site.ask(GETS[turn % (len(GETS) + 1) - 1]))
        time.sleep(PAUSE_SECONDS)


def under_load(
    site: Site, stop: Callable[[], None], start: Callable[[], None]
) -> tuple[float, float]:
    """Runs an outage with requests before, during and after it; returns its start and end."""
    site.begin()
    over: list[bool] = []
    with ThreadPoolExecutor(CLIENTS) as pool:
        futures = [
            pool.submit(client, site, number * 3, lambda: bool(over)) for number in range(CLIENTS)
        ]
        try:
            time.sleep(3)
            started = time.monotonic()
            stop()
            time.sleep(AWAY_SECONDS)
            # A busy machine sends fewer requests; what is missing is named below.
            with suppress(AssertionError):
                wait_until(lambda: refused(site) >= NOT_STORED, PATIENCE)
            start()
            ended = time.monotonic()
            time.sleep(BACK_SECONDS + 5)
        finally:
            over.append(True)
        for each in futures:
            each.result()
    return started, ended


def report(name: str, site: Site, started: float, ended: float) -> float:
    """Prints the results; returns the longest time of a request that started during the outage."""
    longest = max(each.seconds for each in site.answers if each.began > started + 0.5)
    during = [each for each in site.answers if started < each.began < ended]
    failing = [each.began for each in site.answers if each.began > ended and each.status == 503]
    healthy = max(failing, default=ended) - ended
    print(
        f"{name}: away for {ended - started:.0f} s; {len(site.answers)} requests, {len(during)} of them"
        f" meanwhile: {dict(Counter(each.status for each in during))}; the longest took"
        f" {longest:.2f} s, of those that were under way {_longest_before(site, started):.2f} s; the last"
        " 503 began"
        f" {healthy:.1f} s after its return; /healthz took"
        f" {max(each.seconds for each in site.answers if each.path == '/healthz'):.2f} s at most"
    )
    return longest


def _longest_before(site: Site, started: float) -> float:
    return max(each.seconds for each in site.answers if started - 1 < each.began <= started + 0.5)


def problems(site: Site) -> str:
    """Failed or slow requests, for the failure message."""
    bad = [each for each in site.answers if each.status in {0, 500} or each.seconds > MAX_SECONDS]
    answers = "\n".join(f"{each} {each.body[:200]!r}" for each in bad[:10])
    return f"{answers}\n{site.logged()[-6000:]}"


def refused(site: Site) -> set[str]:
    return {each.path for each in [*site.answers] if each.status == 503}


def assert_graceful(site: Site, started: float, ended: float) -> None:
    statuses = Counter(each.status for each in site.answers)
    assert set(statuses) <= {200, 302, 404, 429, 503}, problems(site)
    assert {each.status for each in site.answers if each.path == "/healthz"} == {200}
    late = [each for each in site.answers if each.began > ended + BACK_SECONDS]
    assert late
    assert all(each.status < 500 for each in late)
    unavailable = [each for each in site.answers if each.status == 503]
    assert refused(site) == NOT_STORED
    for each in unavailable:
        assert each.headers["retry-after"].isdigit()
        assert "no-store" in each.headers["cache-control"]
        if each.path == FORM[0]:
            assert TYPED in each.body.decode(), "the submitted text is shown"
        if each.path.startswith("/api/"):
            assert json.loads(each.body)["status"] == 503
    lines = site.logged().splitlines()
    print("\n".join(f"    {line}" for line in lines))
    about = [line for line in lines if "iria.database" in line]
    assert len(about) == 2, "one line at the beginning, one at the end"
    usual = (" WARNING django.request ", "Launching a worker", " INFO procrastinate.")
    assert [line for line in lines if not any(each in line for each in usual)] == about


def test_a_stopped_server_delays_requests_by_seconds_only(site: Site) -> None:
    started, ended = under_load(site, site.stop_database, site.start_database)
    report("stopped", site, started, ended)
    assert max(each.seconds for each in site.answers) < MAX_SECONDS, problems(site)
    assert_graceful(site, started, ended)
    took = wait_until(lambda: site.ask("/readyz/worker/").status == 200, WORKER_SECONDS)
    print(f"the worker's heartbeat was there {took:.1f} s later")


def test_a_frozen_server_delays_only_current_requests(site: Site) -> None:
    """Requests in progress wait; later ones do not."""
    started, ended = under_load(site, site.freeze_database, site.thaw_database)
    assert report("frozen", site, started, ended) < MAX_SECONDS, problems(site)
    assert_graceful(site, started, ended)


def test_pages_behind_nginx_are_sent_whether_the_server_is_there_or_not(
    site: Site, tmp_path: Path
) -> None:
    state = Path(site.settings["IRIA_STATE"])
    save = (
        "from iria.publication.models import Publication; Publication(pk=1, name='Before').save()"
    )
    manage = [sys.executable, "manage.py", "shell", "-v0", "-c", save]
    subprocess.run(manage, env=site.settings, cwd=PROJECT, check=True)
    with nginx(tmp_path / "nginx", sites=[site.port], pages=site.pages, state=state) as front:
        file = site.pages / "current" / NAME / "index.html"
        wait_until(lambda: front.ask("/").status == 200 and file.exists(), PATIENCE)
        report: list[str] = []
        with wrk(front.port, report):
            time.sleep(1)
            site.stop_database()
            stopped_at = time.monotonic()
            while time.monotonic() < stopped_at + AWAY_SECONDS:
                answer = front.ask("/")
                assert answer.status == 200, answer
            site.start_database()
            started_at = time.monotonic()
            wait_until(lambda: site.ask("/readyz").status == 200, SHOWN_SECONDS)
            with psycopg.connect(site.settings["DATABASE_URL"]) as database:
                database.execute("UPDATE iria_publication SET name = 'Renamed afterwards'")
            shown = wait_until(lambda: b"Renamed afterwards" in front.ask("/").body, SHOWN_SECONDS)
            took = time.monotonic() - started_at
        wait_until(lambda: front.ask("/").status == 200 and file.exists(), PATIENCE)
    (output,) = report
    print(
        f"{output}\nready again {took - shown:.1f} s after its return; an edit shown {shown:.2f} s later"
    )
    assert "Non-2xx" not in output
    assert "Socket errors" not in output


@contextmanager
def wrk(port: int, report: list[str]) -> Iterator[None]:
    """Reads the front page for the duration of the block; its report is added at the end."""
    program = shutil.which("wrk") or pytest.skip("wrk is not on this machine (Debian: wrk)")
    command = [
        program,
        "-t1",
        "-c4",
        "-d3600",
        f"--timeout={PATIENCE}",
        f"-HHost: {NAME}",
        f"https://127.0.0.1:{port}/",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            report.append(process.communicate(timeout=PATIENCE)[0])

"""A fresh clone of the project, and the site that `make run` starts in it."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from iria.launcher.cluster import Cluster
from iria.launcher.paths import PROJECT
from tests.proofs.size import PATIENCE, sized

PAGES = ("/", "/admin/", "/feed/", "/newsletter/", "/search/?q=security")
FIRST_SECONDS, AGAIN_SECONDS, STOP_SECONDS = 180.0, 5.0, 3.0
TOLERANCE = sized(5, 1)
"""Small, the proofs share a machine with others; the times are judged at full size."""
_OURS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "IRIA_",
    "DEBUG",
    "PORT",
    "PART",
)
_THEIRS = ("MAKE", "MFLAGS", "DJANGO_", "COV_", "COVERAGE", "PYTEST", "VIRTUAL_ENV", "PYTHONPATH")


def clone(folder: Path) -> Path:
    """A clone of the project, with uncommitted changes."""
    if not (PROJECT / ".git").exists():  # from an archive
        ignored = shutil.ignore_patterns(".venv", "var", "node_modules", ".*_cache", "__pycache__")
        return Path(shutil.copytree(PROJECT, folder, ignore=ignored))
    git = ("git", "-c", "safe.directory=*")
    subprocess.run([*git, "clone", "-q", "--no-hardlinks", PROJECT, folder], check=True)
    listed = subprocess.run(
        [*git, "ls-files", "-z", "--modified", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        target = folder / name
        if (PROJECT / name).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, target)
        else:
            target.unlink(missing_ok=True)
    return folder


def surroundings(**more: str) -> dict[str, str]:
    """The environment of somebody who has just cloned the project, without our variables and those of tests."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(_OURS + _THEIRS)
    }
    return environment | more


class Site:
    """A running `make run`."""

    def __init__(
        self,
        project: Path,
        port: int,
        *,
        state: Path | None = None,
        before: Sequence[str | Path] = (),
        user: int | None = None,
        **settings: str,
    ) -> None:
        if state is not None:
            settings["IRIA_STATE"] = str(state)
        self.state = state or project / "var"
        self.address = f"http://127.0.0.1:{port}"
        self.output = project.parent / f"output-{port}"
        self.began = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*before, "make", "run", f"PORT={port}"],
                cwd=project,
                env=surroundings(**settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=user,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait(self, seconds: float) -> float:
        """Waits until it is ready; returns the time since the start."""
        seconds *= TOLERANCE
        while "Sign in:" not in self.said():
            took = time.monotonic() - self.began
            assert self.process.poll() is None, f"make run ended: {self.said()}"
            assert took < seconds, f"not ready after {seconds} s: {self.said()}"
            time.sleep(0.05)
        return time.monotonic() - self.began

    def answers(self) -> None:
        """Checks that every kind of page responds."""
        for page in PAGES:
            with urllib.request.urlopen(self.address + page, timeout=PATIENCE) as answer:
                assert answer.status == 200, page

    def lets_the_demo_editor_in(self) -> None:
        """Signs in with the stored e-mail address and password."""
        email, password = (self.state / "demo-editor.txt").read_text().split()
        form = self.address + "/admin/login/?next=/admin/"
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        html = browser.open(form, timeout=PATIENCE).read().decode()
        token = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        filled = urlencode({"username": email, "password": password, "csrfmiddlewaretoken": token})
        headers = {"Origin": self.address, "Referer": form}
        answer = browser.open(
            urllib.request.Request(form, filled.encode(), headers), timeout=PATIENCE
        )
        assert answer.url == self.address + "/admin/"

    def shown_articles(self) -> int:
        """The number of articles in the feed."""
        with urllib.request.urlopen(self.address + "/feed/", timeout=PATIENCE) as answer:
            return int(answer.read().count(b"<item>"))

    def pids(self) -> dict[str, int]:
        """The processes of the site by name."""
        run = json.loads((self.state / "run.json").read_text())
        web, worker = map(int, run["children"])
        server = int((self.state / "postgres" / "postmaster.pid").read_text().split()[0])
        return {
            "make": self.process.pid,
            "supervisor": run["pid"],
            "web server": web,
            "one of its workers": children_of(web)[0],
            "worker": worker,
            "daemon": daemon_of(self.state),
            "postmaster": server,
            "backend": children_of(server)[-1],
        }

    def stop(self) -> float:
        """Sends SIGTERM, like a service manager; returns the time until the end."""
        begin = time.monotonic()
        pids = self.pids()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        took = time.monotonic() - begin
        wait_for_the_end(pids)
        return took

    def clear(self) -> None:
        """Cleans up after a test."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Rows:
    """Rows in the database of the site, to check after a crash."""

    def __init__(self, state: Path) -> None:
        self.cluster = Cluster(state)
        self.written = 0

    def write(self) -> None:
        with psycopg.connect(self.cluster.access().url, connect_timeout=PATIENCE) as database:
            database.execute("CREATE TABLE IF NOT EXISTS proof_row (number int PRIMARY KEY)")
            database.execute("INSERT INTO proof_row VALUES (%s)", [self.written])
        self.written += 1

    def are_all_there(self) -> None:
        with psycopg.connect(self.cluster.access().url, connect_timeout=PATIENCE) as database:
            rows = database.execute("SELECT number FROM proof_row ORDER BY 1").fetchall()
        assert [number for (number,) in rows] == list(range(self.written))


def lives(pid: int) -> bool:
    """Whether a process runs and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for_the_end(pids: dict[str, int]) -> None:
    """Waits for processes that have done their work, but whose interpreter still has to end."""
    deadline = time.monotonic() + PATIENCE
    while remaining := {name: pid for name, pid in pids.items() if lives(pid)}:
        assert time.monotonic() < deadline, remaining
        time.sleep(0.02)


def daemon_of(state: Path) -> int:
    """The process that stops an unused database."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"stop-when-unused\0{state}\0" in (process / "cmdline").read_text():
                return int(process.name)
    raise AssertionError(f"no daemon for {state}")


def children_of(pid: int) -> list[int]:
    return [int(part) for part in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

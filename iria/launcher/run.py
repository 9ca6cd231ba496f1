"""`make run` and `make dev` start, watch and stop the site. `make reset-demo`."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from iria.launcher import command, paths, preparation, processes, upgrading
from iria.launcher.output import StartError, failure, info
from iria.launcher.paths import PROJECT, make_folder
from iria.launcher.processes import locked

READY_SECONDS = 90
RESTARTS_A_MINUTE = 5
GRACE_SECONDS = 1.3
"""The rest of the 3 s for a shutdown is for the database."""


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or the end of the terminal."""


def stop_on_signals() -> None:
    """Make signals that end the process raise `Stopped`; further signals are ignored."""
    end_signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in end_signals:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in end_signals:
        # It is ignored under nohup.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


@dataclass
class Child:
    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    log: Path
    descriptors: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes]" = field(init=False)
    ended_at: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.process = processes.start_program(
            self.command,
            self.log,
            env=self.environment,
            pass_fds=self.descriptors,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),
        )

    def restart(self) -> None:
        self.end(0)  # remaining processes of the group
        now = time.monotonic()
        self.ended_at = [*(then for then in self.ended_at if now - then < 60), now]
        if len(self.ended_at) > RESTARTS_A_MINUTE:
            raise self.failure(f"The {self.name} ended {len(self.ended_at)} times within a minute")
        info(f"The {self.name} ended and is started again ({self.log} says why).")
        time.sleep(0.1 * 2 ** len(self.ended_at))
        self.start()

    def end(self, seconds: float) -> None:
        """Wait for its end, then kill the remaining processes of its group."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        processes.send_group(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def failure(self, what: str) -> StartError:
        return failure(what, self.log.read_text(errors="replace"), self.log)


def run(port_text: str = "8000", *, develop: bool = False) -> None:
    port = port_number(port_text)
    url = f"http://127.0.0.1:{port}"
    state = make_folder(paths.state_folder())
    with only_run(state) as lock, _bound_socket(port) as listener:
        if state != PROJECT / "var":
            info(f"Database, mail and images are in {state}.")
        check_upgrade(state)
        lock_file = preparation.FOR_DEVELOPING if develop else preparation.FOR_RUNNING
        python = preparation.make_environment(lock_file)
        with command.database(state) as (database_url, cluster):
            environment = command.site_environment(state, database_url, url)
            if develop:
                environment |= {"DEBUG": "on", "IRIA_DEVELOP": "yes"}
            command.store_run(state, url, [])
            preparation.prepare(state, python, environment, private=cluster is not None)
            children = _start_children(state, python, environment, listener, lock)

            def check() -> None:
                if cluster is not None:
                    cluster.ensure()
                    if cluster.access().url != database_url:
                        raise StartError("The database had to move to another port; start again.")
                pids = [child.process.pid for child in children]
                if pids != command.last_run(state).get("children"):
                    command.store_run(state, url, pids)

            try:
                check()
                _wait_until_ready(url, children)
                site = environment["SITE_URL"].rstrip("/")
                sign_in = preparation.how_to_sign_in(state)
                with suppress(OSError):  # the output may be closed
                    print(
                        f"Site:    {site}/\nAdmin:   {site}/admin/\nSign in: {sign_in}", flush=True
                    )
                watch(children, check)
            finally:
                end(children)


def check_upgrade(state: Path) -> None:
    """Refuse an impossible upgrade while the environment of the version before is still there."""
    if preparation.is_new_version():
        with command.database(state) as (database_url, _):
            upgrading.check(PROJECT / ".venv" / "bin" / "python", database_url)


def check_upgrade_of_server() -> None:
    """Run by `iria-server upgrade` from the new version, with the Python and packages of the old one."""
    upgrading.check(Path(sys.executable), paths.settings(PROJECT).get("DATABASE_URL", ""))


def reset_demo() -> None:
    """Reload the demo newsroom, whether the site runs or not."""
    state = make_folder(paths.state_folder())
    python = preparation.make_environment()
    with command.database(state) as (database_url, _):
        url = command.last_run(state).get("url") or "http://127.0.0.1:8000"
        environment = command.site_environment(state, database_url, url)
        preparation.prepare(state, python, environment, private=False)
        preparation.manage(state, python, environment, "load_demo", "--remove")
        preparation.manage(state, python, environment, "load_demo")
    info(f"The demo newsroom is new again. Sign in: {preparation.how_to_sign_in(state)}")


def port_number(text: str) -> int:
    if not (re.fullmatch(r"[0-9]{1,5}", text) and 1 <= int(text) <= 65535):
        raise StartError(f"PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


@contextmanager
def only_run(state: Path, timeout: float = 5) -> Iterator[int]:
    """Allow only one `make run` for a state folder, with a lock that its children hold too.

    A start waits for a previous run that is ending, and for the children of a killed run, which
    the kernel ends on Linux; on other systems they are ended here.
    """
    path = state / "locks" / "run"
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(locked(path, timeout=timeout))
        except TimeoutError as error:
            last = command.last_run(state)
            if not last or processes.send(last["pid"], 0):
                where = f" at {last['url']} (process {last['pid']})" if last else ""
                raise StartError(
                    f"IRIA runs already{where}; stop that one first, or use it."
                ) from error
            for pid in last["children"]:
                processes.send_group(pid, signal.SIGKILL)
            lock = stack.enter_context(locked(path))
        yield lock


@contextmanager
def _bound_socket(port: int) -> Iterator[socket.socket]:
    """Bind the port of the site before the start, without listening."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            another = f"`make run PORT={max(port, 7999) + 1}`"
            raise StartError(f"Port {port} cannot be used: {reason}; try {another}.") from error
        yield listener


def _start_children(
    state: Path, python: Path, environment: dict[str, str], listener: socket.socket, lock: int
) -> list[Child]:
    web: list[str | Path] = [
        *(python, "-m", "gunicorn", "iria.wsgi", f"--config={paths.DATA / 'gunicorn.conf.py'}"),
        *(f"--bind=fd://{listener.fileno()}", "--preload", "--workers=2"),
        *("--timeout=60", "--graceful-timeout=1", "--log-level=warning"),
    ]
    if "IRIA_DEVELOP" in environment:
        # It starts again when code changes. It may bind the port too, since nobody listens there yet.
        web = [python, *paths.MANAGE, "runserver", "{}:{}".format(*listener.getsockname())]
    worker = (python, *paths.MANAGE, "procrastinate", "worker", "--shutdown-graceful-timeout=1")
    logs = state / "log"
    children = [
        Child("web server", web, environment, logs / "web.log", (listener.fileno(), lock)),
        Child("worker", worker, environment, logs / "worker.log", (lock,)),
    ]
    for child in children:
        child.start()
    return children


def _wait_until_ready(url: str, children: list[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while problem := _problem(url):
        for child in children:
            if child.process.poll() is not None:
                raise child.failure(f"The {child.name} does not start")
        if time.monotonic() > deadline:
            raise children[0].failure(f"The site is not ready after {READY_SECONDS} s: {problem}")
        time.sleep(0.1)


def _problem(url: str) -> str:
    direct = build_opener(ProxyHandler({}))
    for path in ("/readyz", "/readyz/worker/"):
        try:
            direct.open(url + path, timeout=5).close()
        except HTTPError as error:
            return f"{path} answers {error.code}"
        except (OSError, HTTPException):
            return "it does not answer"
    return ""


def watch(children: list[Child], check: Callable[[], None]) -> None:
    """Restart children that end, until stopped; call `check` a few times a second.

    It also stops if a parent `make` was killed or received SIGINT alone, as from `kill -INT`: make
    does not forward the signal but waits for its child, and handles no second one.
    """
    make = os.getppid()
    handled = processes.interrupts_of_make(make)
    while processes.interrupts_of_make(make) == handled:
        for child in children:
            if child.process.poll() is not None:
                child.restart()
        check()
        time.sleep(0.2)


def end(children: list[Child]) -> None:
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        child.end(max(0.0, deadline - time.monotonic()))

"""Children that are watched: started again when they die (not for ever), ended together."""

import atexit
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from iria.running import processes
from iria.running.places import make_private_file
from iria.running.telling import StartError, last_words, say

TRIES, WITHIN_SECONDS = 5, 60.0
GRACE_SECONDS = 1.3
"""What is left of the 3 s in which everything has to end belongs to the database."""
_LOG_LIMIT = 5_000_000


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or the end of the terminal."""


def stop_on_signals() -> None:
    """From now on a signal to end raises `Stopped`, once; a second one changes nothing."""
    ends = {signal.SIGINT, signal.SIGTERM}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as it is under nohup
        ends.add(signal.SIGHUP)

    def stop(*_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each in ends:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for number in ends:
        signal.signal(number, stop)
    _stop_with_make(stop)


def _stop_with_make(stop: Callable[[], None]) -> None:
    """End with the `make` above us, also when a signal was sent to it alone.

    A terminal sends Ctrl-C to everybody, but `kill -INT` only to one; `make` passes on a SIGTERM
    and nothing else, and waits for us to end. Its handler is gone from then on, which can be seen.
    """
    make = processes.make_above()
    if make is None:
        return
    processes.end_when_make_ends()
    caught = [n for n in (signal.SIGINT, signal.SIGHUP) if processes.catches(make, n)]

    def look(*_: object) -> None:
        heard = not all(processes.catches(make, number) for number in caught)
        if heard and processes.make_above() == make:
            stop()

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.3, 0.3)
    # Python takes its handlers back before it is gone; a look that came then would end us as a failure.
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)


@dataclass
class Child:
    """A program of the site that should always run."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    log: Path
    descriptors: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.descriptors,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def revive(self) -> None:
        """Start a dead child again, a little later each time, until it has died too often."""
        now = time.monotonic()
        self.deaths = [*(then for then in self.deaths if now - then < WITHIN_SECONDS), now]
        if len(self.deaths) > TRIES:
            raise StartError(
                f"The {self.name} ended {len(self.deaths)} times within a minute: {self.why()}"
            )
        say(f"The {self.name} ended and is started again ({self.log} says why).")
        assert self.process is not None  # noqa: S101 - it has ended
        processes.send_group(self.process.pid, signal.SIGKILL)  # what a killed leader left
        time.sleep(0.1 * 2 ** (len(self.deaths) - 1))
        self.start()

    def why(self) -> str:
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 20_000))
            said = log.read().decode(errors="replace")
        return f"{last_words(said)} (more in {self.log})."


def open_log(path: Path) -> Path:
    """A log to append to; one that has grown large is put aside first."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return make_private_file(path)


def watch(
    children: list[Child], each_second: Callable[[], None], changed: Callable[[], None]
) -> None:
    """Keep the children alive for ever; `changed` hears of each new process."""
    ticks = 0
    while True:
        for child in children:
            if child.ended:
                child.revive()
                changed()
        if ticks % 10 == 0:
            each_second()
        ticks += 1
        time.sleep(0.1)


def end(children: list[Child]) -> None:
    """End all children at once: ask, wait a moment, insist."""
    started = [child.process for child in children if child.process is not None]
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for process in started:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        processes.send_group(process.pid, signal.SIGKILL)
        process.wait()

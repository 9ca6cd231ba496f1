"""Child processes that are watched: restarted when they end (within limits), ended together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from iria.launcher import processes
from iria.launcher.output import StartError, failure, info
from iria.launcher.paths import PROJECT, make_private_file

RESTARTS_A_MINUTE = 5
GRACE_SECONDS = 1.3
"""The rest of the 3 s in which everything has to end belongs to the database."""


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or the end of the terminal."""


def stop_on_signals() -> None:
    """From now on a signal to end raises `Stopped`, once; a second one changes nothing."""
    ends = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # as it is under nohup
        ends.remove(signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in ends:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in ends:
        signal.signal(number, stop)


@dataclass
class Child:
    """A program of the site that should always run."""

    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    log: Path
    descriptors: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes]" = field(init=False)
    ends: list[float] = field(default_factory=list)

    def start(self) -> None:
        with make_private_file(self.log).open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.descriptors,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )

    def restart(self) -> None:
        """Start again after an end, a little later each time, until there were too many."""
        self.end(0)  # what a killed leader left
        now = time.monotonic()
        self.ends = [*(then for then in self.ends if now - then < 60), now]
        if len(self.ends) > RESTARTS_A_MINUTE:
            raise self.failure(f"The {self.name} ended {len(self.ends)} times within a minute")
        info(f"The {self.name} ended and is started again ({self.log} says why).")
        time.sleep(0.1 * 2 ** len(self.ends))
        self.start()

    def end(self, seconds: float) -> None:
        """Wait a moment for its end, then kill whatever is left of it."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        processes.send_group(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def failure(self, what: str) -> StartError:
        return failure(what, self.log.read_text(errors="replace"), self.log)


def watch(children: list[Child], check: Callable[[], None]) -> None:
    """Restart children that end, until we are stopped; call `check` a few times a second.

    That includes a `make` above us that was killed or got a SIGINT alone, as from `kill -INT`: it
    does not pass that on but waits for us, and handles no second one.
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
    """End all children at once: ask, wait a moment, kill."""
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        child.end(max(0.0, deadline - time.monotonic()))

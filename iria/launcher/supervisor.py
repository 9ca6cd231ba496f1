"""Watches child processes: restarts them when they end, within limits, and ends them together."""

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
"""The rest of the 3 s for a shutdown is for the database."""


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or the end of the terminal."""


def stop_on_signals() -> None:
    """Make signals that end the process raise `Stopped`; further signals are ignored."""
    end_signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # under nohup
        end_signals.remove(signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in end_signals:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in end_signals:
        signal.signal(number, stop)


@dataclass
class Child:
    """A process of the site that should always run."""

    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    log: Path
    descriptors: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes]" = field(init=False)
    ended_at: list[float] = field(default_factory=list)

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
        """Start again with a growing delay; fail after too many restarts."""
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
    """End all children: terminate, wait a moment, kill."""
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        child.end(max(0.0, deadline - time.monotonic()))

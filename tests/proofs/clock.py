"""What something takes: on the clock, or, where others keep the machine busy, in processor time.

On a machine with nothing else to do the two are the same, as long as nothing waits for a disk. Where more wants to
run than there are processors, the clock tells of the others; then the processor time of this process and of
PostgreSQL's behind its connection is held against the limit, and the output says so.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from django.db import connection

from tests.proofs.size import FULL

SLACK = 1 if FULL else 20
"""Small, a proof shows that the code still works; what it takes is measured at full size."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds."""

    clock: float
    processor: float

    @property
    def counts(self) -> float:
        return self.processor if is_busy() else self.clock


def is_busy() -> bool:
    return os.getloadavg()[0] > (os.cpu_count() or 1) and _schedule().exists()


def timed(deeds: Iterable[Callable[[], Any]]) -> list[Taken]:
    """What each took."""
    times = []
    for deed in deeds:
        start, used = perf_counter(), _processor()
        deed()
        times.append(Taken((perf_counter() - start) * 1000, (_processor() - used) * 1000))
    return times


def p95(times: Iterable[Taken]) -> Taken:
    """The time within which 95 of 100 were done."""
    clock = sorted(each.clock for each in times)
    processor = sorted(each.processor for each in times)
    at = int(0.95 * (len(clock) - 1))
    return Taken(clock[at], processor[at])


def figure(name: str, taken: Taken, limit: float) -> None:
    busy = ", a busy machine: the latter counts" if is_busy() else ""
    print(
        f"{name}: {taken.clock:.1f} ms, {taken.processor:.1f} of the processor{busy}; of {limit:.0f}"
    )
    assert taken.counts < limit * SLACK, name


def _processor() -> float:
    """Seconds of this process and of the one behind its connection."""
    path = _schedule()
    behind = int(path.read_text().split()[0]) / 1e9 if path.exists() else 0.0
    return process_time() + behind


def _schedule() -> Path:
    """Where Linux counts for the process behind the connection, where that runs on this machine."""
    connection.ensure_connection()
    return Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

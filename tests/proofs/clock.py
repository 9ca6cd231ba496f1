"""Measures time: elapsed, or processor time if the machine is busy.

On an idle machine both are the same, as long as nothing waits for a disk. If more processes are ready
than there are processors, elapsed time includes the others; then the processor time of this process and of
its PostgreSQL backend is compared with the limit, and the output says so.
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
"""At small size only a rough limit applies; time is measured at full size."""


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


def timed(actions: Iterable[Callable[[], Any]]) -> list[Taken]:
    """The time of each function."""
    times = []
    for action in actions:
        start, used = perf_counter(), _processor()
        action()
        times.append(Taken((perf_counter() - start) * 1000, (_processor() - used) * 1000))
    return times


def p95(times: Iterable[Taken]) -> Taken:
    """The 95th percentile."""
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
    """Processor seconds of this process and its PostgreSQL backend."""
    path = _schedule()
    backend = int(path.read_text().split()[0]) / 1e9 if path.exists() else 0.0
    return process_time() + backend


def _schedule() -> Path:
    """The scheduler statistics of the PostgreSQL backend, if it runs on this machine."""
    connection.ensure_connection()
    return Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

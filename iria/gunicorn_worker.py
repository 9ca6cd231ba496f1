"""The worker class of gunicorn: each worker has as many connections as the others.

With gunicorn's own, the worker that wakes up first accepts a new connection, and one that has just accepted
another is awake. So sixty-four connections that are kept alive could all be served by one process.
"""

import time
from multiprocessing import RawArray
from typing import Any, Final

from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

SLOTS: Final = 64
PAUSE_SECONDS: Final = 0.001
"""Seconds in which another worker can accept the connection."""
MAX_DEFERRAL_SECONDS: Final = 0.25
"""Seconds after which it is accepted all the same, if meanwhile none of the others accepts or closes any."""
REPORT_SECONDS: Final = 3.0
"""Seconds for which a report counts; gunicorn's loop makes one each second."""


class EvenWorker(ThreadWorker):  # type: ignore[misc]
    """Leaves a new connection to another worker as long as one has fewer."""

    # Shared by the workers, since the class is loaded before they are forked.
    connections = RawArray("i", SLOTS)
    reported_at = RawArray("d", SLOTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slot = self.age % SLOTS
        self.seen: list[int] = []
        self.seen_at = 0.0

    def notify(self) -> None:
        super().notify()
        self._report(self.alive)

    def accept(self, listener: object) -> None:
        if not self._defers():
            super().accept(listener)
            self._report(self.alive)

    def _defers(self) -> bool:
        """Gives another worker a moment to accept the connection, if it has fewer."""
        now, counts = time.monotonic(), list(self.connections)
        if not any(
            count < self.nr_conns and now - reported < REPORT_SECONDS
            for count, reported in zip(counts, self.reported_at, strict=True)
        ):
            return False
        if counts != self.seen:
            self.seen, self.seen_at = counts, now
        is_patient = now - self.seen_at < MAX_DEFERRAL_SECONDS
        if is_patient:
            time.sleep(PAUSE_SECONDS)
        return is_patient

    def _report(self, is_alive: bool) -> None:
        self.connections[self.slot] = self.nr_conns
        self.reported_at[self.slot] = time.monotonic() if is_alive else 0.0


class JsonLogger(Logger):  # type: ignore[misc]
    """Writes gunicorn's own lines like those of the site with LOG_FORMAT=json."""

    def setup(self, cfg: object) -> None:
        # Not needed by the other one.
        from iria.core.http.request_log import JsonFormatter

        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())

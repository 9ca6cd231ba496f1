"""Settings of gunicorn: it reads them by itself in this folder, and `iria web` names them.

Options on the command line go first. WEB_CONCURRENCY is the number of workers.
"""

import ctypes
import os
from contextlib import suppress
from typing import Any

from gunicorn.systemd import sd_notify  # type: ignore[import-untyped]

workers = int(os.environ.get("WEB_CONCURRENCY", "4"))
threads = 4
control_socket_disable = True
# As much as nginx lets through, twice the default.
limit_request_line = 8190
# Heartbeats of the workers, never on a disk.
if os.access("/dev/shm", os.W_OK):  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108


# Of the C library (mallopt(3)): one area of memory for all threads instead of one for each, and areas of their
# own for large blocks such as pages, which go back to the system. Otherwise processes grow for many thousand
# requests (docs/decisions/stored-pages.md). Workers inherit this; musl has no such setting.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
with suppress(AttributeError):
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, 64 * 1024)


def on_starting(server: Any) -> None:
    """Files are for us, some for our group (nginx), none for others; the workers inherit this."""
    os.umask(0o027)
    end_hanging_workers = server.murder_workers

    def end_hanging_workers_and_notify() -> None:
        """Called each second, unless the main process itself hangs; then systemd starts it again."""
        end_hanging_workers()
        sd_notify("WATCHDOG=1", server.log)

    server.murder_workers = end_hanging_workers_and_notify


def post_worker_init(worker: object) -> None:
    """Files of pages have to be kept current even if no request arrives, because nginx answers all of them."""
    from iria.wsgi import start_threads

    start_threads()


# By default a proxy on this machine may name a path prefix in a SCRIPT_NAME header, and so may anybody
# whose headers it passes on. The site stands at the root of its host and has no prefix.
forwarder_headers = ""

worker_class = "iria.gunicorn_worker.EvenWorker"

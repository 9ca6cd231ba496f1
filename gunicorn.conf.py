"""Settings of gunicorn: it reads them by itself in this folder, and `iria web` names them.

Options on the command line go first. WEB_CONCURRENCY is the number of workers.
"""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "4"))
threads = 4
control_socket_disable = True
# As much as nginx lets through, twice the default.
limit_request_line = 8190
# Heartbeats of the workers, never on a disk.
if os.access("/dev/shm", os.W_OK):  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def on_starting(server: object) -> None:
    """Files are for us, some for our group (nginx), none for others; the workers inherit this."""
    os.umask(0o027)


def post_worker_init(worker: object) -> None:
    """Files of pages have to be kept current even if no request arrives, because nginx answers all of them."""
    from iria.wsgi import start_threads

    start_threads()


# By default a proxy on this machine may name a path prefix in a SCRIPT_NAME header, and so may anybody
# whose headers it passes on. The site stands at the root of its host and has no prefix.
forwarder_headers = ""

worker_class = "iria.gunicorn_worker.EvenWorker"

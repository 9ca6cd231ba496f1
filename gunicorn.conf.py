"""What gunicorn reads by itself when it is started in this folder."""

import os


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

"""The application that gunicorn serves."""

import gc
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from iria.core.http.change_listener import listener
from iria.core.http.headers import without_prefix
from iria.core.http.page_files import keeper

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")

APP_LOAD_ERROR = 4
"""gunicorn stops if a worker exits with this status; otherwise it would restart workers forever."""

try:
    _application = without_prefix(get_wsgi_application())
except ImproperlyConfigured as error:
    # gunicorn would print a traceback.
    sys.stderr.write(f"{error}\n")
    sys.exit(APP_LOAD_ERROR)


def start_threads() -> None:
    """Begins to listen in each process that gunicorn has forked, if it stores pages."""
    if settings.PAGE_STORE_MB:
        listener.start()
        if settings.PAGE_DIRECTORY:
            keeper.start()
    if settings.METRICS_ADDRESS:
        from iria.operations import metrics  # it loads a library that others need not

        metrics.start()


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_threads()
    return _application(environ, start_response)


# Objects created up to here are permanent, so the garbage collector need not scan them
# again. It may also run less often, since requests create little garbage. What was in use during such a run
# is looked at again after five others, so that it is not kept for long afterwards.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 5, 20)

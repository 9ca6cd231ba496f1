"""The application that gunicorn serves."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from iria.core.http.headers import without_prefix

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")

APP_LOAD_ERROR = 4
"""gunicorn stops if a worker exits with this status; otherwise it would restart workers forever."""

try:
    application = without_prefix(get_wsgi_application())
except ImproperlyConfigured as error:
    # gunicorn would print a traceback.
    sys.stderr.write(f"{error}\n")
    sys.exit(APP_LOAD_ERROR)

# Objects created up to here are permanent, so the garbage collector need not scan them
# again. It may also run less often, since requests create little garbage.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

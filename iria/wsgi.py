"""The application that gunicorn serves."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from iria.core.http.headers import without_prefix

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")

APP_LOAD_ERROR = 4
"""gunicorn ends where one of its workers ends with this number; else it would start others for ever."""

try:
    application = without_prefix(get_wsgi_application())
except ImproperlyConfigured as mistake:
    # One sentence; gunicorn would write a traceback.
    sys.stderr.write(f"{mistake}\n")
    sys.exit(APP_LOAD_ERROR)

# What was loaded up to here stays for good. Python need not look through it for garbage again and
# again while pages are made, and may wait for more of it: a page leaves little behind.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

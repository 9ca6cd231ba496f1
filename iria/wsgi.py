"""The door for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")

os.umask(0o027)  # files for us, some for our group (nginx), none for others

application = get_wsgi_application()

# What was loaded up to here stays for good. Python need not look through it for garbage again and
# again while pages are made, and may wait for more of it: a page leaves little behind.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

"""Django alone: our settings with nothing between gunicorn and the view."""

from iria.settings import *  # noqa: F403 - the same settings but for three

INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "tests.bench.bare"

"""An empty view with our settings, but without middleware and apps."""

from iria.settings import *  # noqa: F403 - the same settings but for three

INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "tests.bench.bare"

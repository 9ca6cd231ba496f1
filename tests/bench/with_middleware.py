"""The baseline: an empty view with our settings and middleware."""

from iria.settings import *  # noqa: F403 - the same settings but for one

ROOT_URLCONF = "tests.bench.bare"

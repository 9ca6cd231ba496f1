"""The floor: our settings, middleware included, around a view that does nothing."""

from iria.settings import *  # noqa: F403 - the same settings but for one

ROOT_URLCONF = "tests.bench.bare"

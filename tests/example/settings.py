"""The settings of IRIA, with one app and one theme more."""

from pathlib import Path

from iria.settings import *  # noqa: F403
from iria.settings import INSTALLED_APPS, STATICFILES_DIRS, THEMES

QUAY = Path(__file__).parent / "quay"

INSTALLED_APPS = [*INSTALLED_APPS, "tests.example.harbour"]
ROOT_URLCONF = "tests.example.urls"
# In a project of your own, IRIA_THEME=default,/srv/quay does the same.
THEMES = {**THEMES, "quay": QUAY}
STATICFILES_DIRS = [*STATICFILES_DIRS, ("themes/quay", QUAY / "static")]

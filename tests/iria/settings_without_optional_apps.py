"""The settings of a site that leaves out what it can do without."""

from iria import settings
from iria.settings import *  # noqa: F403

OPTIONAL = {"iria.transfer", "iria.operations", "iria.lab"}
INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app not in OPTIONAL]
# Static files need not be collected.
STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

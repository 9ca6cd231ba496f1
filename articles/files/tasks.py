"""Jobs for files."""

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from typing import Final

from django.utils import timezone

from articles.files.models import File
from articles.images.renditions import AT_ONCE, MIN_AGE, delete_files, files_below
from iria.core.jobs import job

FOLDER: Final = "files"

log = logging.getLogger(__name__)


@job("articles.files.tasks.sweep", cron="55 2 * * *", queue="pictures")
def sweep() -> None:
    """Deletes stored files that no row names."""
    if count := delete_files(orphaned_files()):
        log.warning("Deleted %s files without a row", count)


def orphaned_files(before: datetime | None = None) -> Iterator[str]:
    """Names of stored files older than a day that belong to no row.

    None if there are no rows at all: the database is probably still to be restored.
    """
    if not File.objects.exists():
        return
    before = before or timezone.now() - MIN_AGE
    old = (name for name, since in files_below(FOLDER) if since < before)
    for names in batched(old, AT_ONCE):
        known = File.objects.filter(stored__in=names).order_by().values_list("stored", flat=True)
        yield from sorted({*names} - {*known})

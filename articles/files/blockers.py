"""What must be fixed before the files of an article may be published."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from articles.files.models import File
from iria.core.blockers import Blocker


def blockers(files: Iterable[File], *, at: datetime | None = None) -> list[Blocker]:
    """What must be fixed before these files may be published.

    Args:
        at: the time of publication, if scheduled; now if not given.
    """
    moment = at or timezone.now()
    found = []
    for file in files:
        url = reverse("admin:articles_file_change", args=[file.pk])
        if not file.credit.strip():
            message = f"The file “{file}” has no credit. Enter one in the library."
            found.append(Blocker(message, f"{url}#id_credit", "Add credit"))
        elif not file.may_be_shown_at(moment):
            message = (
                f"The licence of the file “{file}” ends before publication. Extend it in the library "
                "or remove the file."
            )
            found.append(Blocker(message, f"{url}#id_licence_until_0", "View licence"))
    return found

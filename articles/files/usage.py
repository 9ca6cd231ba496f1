"""Where a file is used, and who may change or delete it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.urls import reverse
from django.utils import timezone

from articles.files.models import File
from articles.images.hooks import listed
from articles.images.permissions import AnyUser, may_publish
from iria.core import hooks
from iria.core.blockers import Blocker
from iria.core.hooks import ImageUsage


class StillUsed(Exception):
    """The file is used; the message says where."""


def uses_of(file: File) -> list[ImageUsage]:
    return [use for usage_of in hooks.file_usages for use in usage_of(file.pk)]


def is_public(file: File) -> bool:
    """Whether something published or scheduled uses it."""
    return any(use.public or use.scheduled for use in uses_of(file))


def why_readonly(user: AnyUser, file: File) -> str:
    """Why this user cannot change the file and what to do; empty if they can.

    As for images, a file that readers have is changed by those who may publish.
    """
    if may_publish(user):
        return ""
    uses = [use for use in uses_of(file) if use.public or use.scheduled]
    if not uses:
        return ""
    return (
        f"This file is used in {listed(uses)}. Only users who may publish can change a published or "
        "scheduled file. Ask an editor to change it."
    )


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


def why_undeletable(file: File) -> str:
    """Why the file cannot be deleted; empty if it can."""
    uses = uses_of(file)
    if not uses:
        return ""
    return (
        f"The file “{file}” cannot be deleted because it is used in {listed(uses)}. Remove it there "
        "first."
    )


def delete_file(file: File) -> None:
    """Deletes the row, and the stored file after the commit.

    Raises:
        StillUsed: while it is used anywhere.
    """
    if reason := why_undeletable(file):
        raise StillUsed(reason)
    try:
        with transaction.atomic():
            # After an article that is just getting the file, so that its row is seen.
            File.objects.select_for_update(of=("self",)).filter(pk=file.pk).first()
            file.delete()
    except (ProtectedError, RestrictedError) as error:
        message = f"The file “{file}” cannot be deleted because it was just used somewhere."
        raise StillUsed(message) from error

"""What files register: targets of internal links, and the deletion of a stored file after its row.

Also what must be fixed before the files of an article may be published.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.db.models.signals import post_delete
from django.urls import reverse
from django.utils import timezone

from articles.files.models import File
from articles.images.renditions import discard
from articles.links.models import InternalLink
from articles.links.targets import GONE, PUBLIC, LinkKind
from iria.core.blockers import Blocker

NAME: Final = "file"
FOLDER: Final = "/files/"


def _showable() -> Q:
    """The same rule as `File.may_be_shown`."""
    return ~Q(credit="") & (Q(licence_until__isnull=True) | Q(licence_until__gt=timezone.now()))


def _path(end: str = "") -> Concat:
    return Concat(Value(FOLDER), "name", Value(end), output_field=CharField())


def _targets() -> "QuerySet[Any]":
    """A file that readers may not have counts as unpublished."""
    showable = _showable()
    return File.objects.annotate(
        link_kind=Value(NAME, CharField()),
        link_id=F("pk"),
        link_title=F("title"),
        link_path=_path(),
        link_status=Case(
            When(showable, then=Value(PUBLIC)), default=Value(GONE), output_field=CharField()
        ),
        link_state=Case(
            When(showable, then=Value("published")),
            default=Value("withdrawn"),
            output_field=CharField(),
        ),
    )


def _at_paths(paths: list[str]) -> "list[QuerySet[Any]]":
    names = [path.strip("/").rpartition("/")[2] for path in paths if path.startswith(FOLDER)]
    if not names:
        return []
    # Paths are compared with a slash at their end.
    return [_targets().filter(name__in=names).annotate(link_path=_path("/"))]


def _offered(user: Any) -> "QuerySet[Any]":
    rows = _targets().order_by("-pk")
    return rows if user.has_perm("articles.view_file") else rows.none()


FILES: Final = LinkKind(
    label="Files",
    targets=_targets,
    at_paths=_at_paths,
    offered=_offered,
    admin_url=lambda pk: reverse("admin:articles_file_change", args=[pk]),
)


def linked_files() -> set[int]:
    """The ids of all files that a text links to."""
    links = InternalLink.objects.filter(target_kind=NAME)
    return set(links.values_list("target_id", flat=True))


def register() -> None:
    """Connects the deletion of stored files."""
    post_delete.connect(_delete_stored_file, File, dispatch_uid="files.stored")


def _delete_stored_file(instance: File, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.stored))


def blockers(files: Iterable[File], *, at: datetime | None = None) -> list[Blocker]:
    """What must be fixed before these files may be published.

    Args:
        at: the time of publication, if scheduled; now if not given.
    """
    published_at = at or timezone.now()
    found = []
    for file in files:
        url = reverse("admin:articles_file_change", args=[file.pk])
        if not file.credit.strip():
            message = f"The file “{file}” has no credit. Enter one in the library."
            found.append(Blocker(message, f"{url}#id_credit", "Add credit"))
        elif not file.may_be_shown_at(published_at):
            message = (
                f"The licence of the file “{file}” ends before publication. Extend it in the library "
                "or remove the file."
            )
            found.append(Blocker(message, f"{url}#id_licence_until_0", "View licence"))
    return found

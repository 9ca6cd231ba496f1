"""Deleting a row of a library, an image or a file, unless it is used."""

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from articles.images.hooks import listed, uses_of
from articles.images.models.library_row import LibraryRow


class StillUsed(Exception):
    """It is used; the message says where."""


def why_undeletable(row: LibraryRow) -> str:
    """Why it cannot be deleted; empty if it can."""
    if uses := uses_of(row):
        return f"{_named(row)} is used in {listed(uses)}. Remove it there first."
    return ""


def delete(row: LibraryRow) -> None:
    """Deletes the row, and its stored files after the commit.

    Raises:
        StillUsed: while it is used anywhere.
    """
    if reason := why_undeletable(row):
        raise StillUsed(reason)
    try:
        with transaction.atomic():
            # After an article that is just getting the row, so that its use is seen.
            rows = type(row)._default_manager.select_for_update(of=("self",))
            rows.filter(pk=row.pk).first()
            row.delete()
    except (ProtectedError, RestrictedError) as error:
        message = f"{_named(row)} was just used somewhere."
        raise StillUsed(message) from error


def _named(row: LibraryRow) -> str:
    return f"The {row._meta.verbose_name} “{row}” cannot be deleted because it"

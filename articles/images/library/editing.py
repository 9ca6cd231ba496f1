"""Changing images, adding them to collections, and deleting them unless they are used.

The admin, commands and imports change an image with `update_image`. PostgreSQL increases its rights
version in the same transaction; after the commit the worker updates the files, and
`images.tasks.catch_up` does what a lost job left out.
"""

from collections.abc import Set
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from accounts.models import User
from articles.images.hooks import listed, uses_of
from articles.images.models import Collection, Image, ImageQuerySet
from articles.images.models.library_row import LibraryRow
from articles.images.rights.bulk_changes import recording
from articles.images.rights.credit_line import clear_photographer


def update_image(
    image: Image, *, by: User | None, reason: str = "", **values: Any
) -> frozenset[str]:
    """Saves these values, records changes of rights, and returns the names of changed fields.

    Only the given fields are written, so that concurrent changes of others are kept.

    Raises:
        ValidationError: a value is invalid; nothing is saved.
    """
    one: ImageQuerySet = Image.objects.filter(pk=image.pk)
    link_given = "credit_url" in values
    with recording(one, by=by, reason=reason, link_given=link_given) as chosen:
        before = chosen.get()
        changed = frozenset(
            name for name, value in values.items() if getattr(before, name) != value
        )
        for name, value in values.items():
            setattr(image, name, value)
        clear_photographer(chosen, values)
        if changed:
            image.clean_fields(exclude={each.name for each in image._meta.fields} - changed)
            image.save(update_fields=[*changed, "modified_at"])
    image.refresh_from_db(
        fields=["credit", "credit_url", "byline", "rights_version", "modified_at"]
    )
    return changed


def add_to_collection(
    images: ImageQuerySet, collection: Collection | str, *, by: User
) -> Collection:
    """Adds the images to the collection; a name creates a new one."""
    with transaction.atomic():
        if isinstance(collection, str):
            collection, _ = Collection.objects.get_or_create(
                name=collection, defaults={"created_by": by}
            )
        between = Collection.pictures.through
        between.objects.bulk_create(
            (
                between(collection_id=collection.pk, image_id=pk)
                for pk in images.order_by().values_list("pk", flat=True)
            ),
            batch_size=5000,
            ignore_conflicts=True,
        )
    return collection


def remove_from_collection(images: ImageQuerySet, collection: Collection) -> None:
    """Removes the images from the collection; they stay in the library."""
    numbers = list(images.order_by().values_list("pk", flat=True))
    Collection.pictures.through.objects.filter(collection=collection, image_id__in=numbers).delete()


def set_collections(image: Image, *, shown: Set[int], chosen: Set[int]) -> None:
    """Changes the collections of an image from those that were shown to those that were chosen.

    Concurrent changes of other collections are kept.
    """
    with transaction.atomic():
        image.collections.add(*(chosen - shown))
        image.collections.remove(*(shown - chosen))


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

"""Changing images, adding them to collections, and deleting them unless they are used; duplicates.

The admin, commands and imports change an image with `update_image`. PostgreSQL increases its rights
version in the same transaction; after the commit the worker updates the files, and
`images.tasks.catch_up` does what a lost job left out.

Possible duplicates are shown after an upload until someone keeps both or deletes one. PostgreSQL finds
the pairs (`migrations/sql/picture_library.sql`).
"""

from collections.abc import Sequence, Set
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils import timezone

from accounts.models import User
from articles.images.credit_line import clear_photographer
from articles.images.hooks import listed, uses_of
from articles.images.models import Collection, Image, ImageQuerySet, SimilarImage
from articles.images.models.description import LibraryRow
from articles.images.rights_changes import recording


def update_image(
    image: Image, *, by: User | None, reason: str = "", **values: Any
) -> frozenset[str]:
    """Saves these values, records changes of rights, and returns the names of changed fields.

    Only the given fields are written, so that concurrent changes of others are kept.

    Raises:
        ValidationError: a value is invalid; nothing is saved.
    """
    queryset: ImageQuerySet = Image.objects.filter(pk=image.pk)
    link_given = "credit_url" in values
    with recording(queryset, by=by, reason=reason, link_given=link_given) as chosen:
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
        through = Collection.pictures.through
        through.objects.bulk_create(
            (
                through(collection_id=collection.pk, image_id=pk)
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
    _delete([row], f"{_named(row)} was just used somewhere.")


def why_any_undeletable(rows: Sequence[LibraryRow]) -> list[str]:
    """Why those of these rows of one library that are used cannot be deleted."""
    if not rows:
        return []
    manager: Any = type(rows[0])._default_manager
    used = manager.filter(manager.in_use(), pk__in=[row.pk for row in rows])
    used_ids = set(used.values_list("pk", flat=True))
    reasons = (why_undeletable(row) for row in rows if row.pk in used_ids)
    return [reason for reason in reasons if reason]


def delete_all(rows: Sequence[LibraryRow]) -> None:
    """`delete` for many rows of one library, or for none of them."""
    if reasons := why_any_undeletable(rows):
        raise StillUsed(" ".join(reasons))
    if rows:
        _delete(rows, f"One of the {rows[0]._meta.verbose_name_plural} was just used somewhere.")


def _delete(rows: Sequence[LibraryRow], if_used: str) -> None:
    chosen = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows])
    try:
        with transaction.atomic():
            # After an article that is just getting one of them, so that its use is seen.
            list(chosen.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
            chosen.delete()
    except (ProtectedError, RestrictedError) as error:
        raise StillUsed(if_used) from error


def _named(row: LibraryRow) -> str:
    return f"The {row._meta.verbose_name} “{row}” cannot be deleted because it"


class NotAllowed(Exception):
    """This user may not delete the image, or the pair is already decided."""


def similar_images(image: Image) -> list[Image]:
    """Possible duplicates that are not decided yet, the most similar first."""
    pairs = SimilarImage.objects.filter(Q(image=image) | Q(older=image), kept_at=None)
    return [
        pair.older if pair.image_id == image.pk else pair.image
        for pair in pairs.select_related("image", "older").order_by("distance", "-pk")
    ]


def keep_both(image: Image, *, by: User) -> int:
    """Keeps the image and its possible duplicates; returns how many there were."""
    pairs = SimilarImage.objects.filter(Q(image=image) | Q(older=image), kept_at=None)
    return pairs.update(kept_by=by, kept_at=timezone.now())


def use_instead(image: Image, other: Image, *, by: User) -> None:
    """Deletes an image in favour of a similar one.

    Users who may not delete images may delete those they uploaded themselves.

    Raises:
        NotAllowed: it was uploaded by someone else, or the pair is already decided.
        StillUsed: it is already used.
    """
    if image.uploaded_by_id != by.pk and not by.has_perm("articles.delete_image"):
        raise NotAllowed(f"“{image}” was uploaded by someone else. Ask an editor to delete it.")
    with transaction.atomic():
        pairs = SimilarImage.objects.select_for_update()
        if not pairs.filter(
            Q(image=image, older=other) | Q(image=other, older=image), kept_at=None
        ).exists():
            raise NotAllowed("Someone already decided about these two images. Check them again.")
        delete(image)

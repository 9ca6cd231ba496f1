"""Changing what the library says of a picture, so that every file and every page follows.

Admin, commands and imports change a picture by this verb. The version of its rights, which the
names of its files carry, grows in the same transaction (PostgreSQL counts it, so that no other road
can leave it out); the worker brings the files after the commit, and what a lost job left out is
found by `images.tasks.catch_up`.

Taking a picture out of the library.

Putting pictures into a collection and taking them out; doing it twice changes nothing.
"""

from collections.abc import Set
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from accounts.models import User
from articles.images.hooks import listed, uses_of
from articles.images.models import Collection, Image, ImageQuerySet
from articles.images.rights.bulk_changes import recording
from articles.images.rights.credit_line import forget_photographer


def update_image(
    image: Image, *, by: User | None, reason: str = "", **values: Any
) -> frozenset[str]:
    """Saves these values and says which of them are new; what they do to rights is recorded.

    Only the fields named here are written, so that nothing else is put back that somebody changed
    meanwhile.

    Raises:
        ValidationError: for a value that cannot be kept; nothing is written.
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
        forget_photographer(chosen, values)
        if changed:
            image.clean_fields(exclude={each.name for each in image._meta.fields} - changed)
            image.save(update_fields=[*changed, "changed_at"])
    image.refresh_from_db(fields=["credit", "credit_url", "byline", "rights_version", "changed_at"])
    return changed


class StillUsed(Exception):
    """The picture stands somewhere; the message says where."""


def why_not(image: Image) -> str:
    """The sentence that refuses to remove a used picture, or an empty text."""
    uses = uses_of(image)
    if not uses:
        return ""
    return (
        f"The picture “{image}” cannot be deleted: it is used in {listed(uses)}. "
        "Take it out there first."
    )


def remove(image: Image) -> None:
    """Deletes the picture, its renditions, and after the commit all their files.

    Raises:
        StillUsed: while it is used anywhere.
    """
    if refusal := why_not(image):
        raise StillUsed(refusal)
    try:
        with transaction.atomic():
            image.delete()
    except (ProtectedError, RestrictedError) as mistake:
        sentence = f"The picture “{image}” cannot be deleted: something has just begun to use it."
        raise StillUsed(sentence) from mistake


def put_in(pictures: ImageQuerySet, collection: Collection | str, *, by: User) -> Collection:
    """All of them into the collection; a name makes a new one."""
    with transaction.atomic():
        if isinstance(collection, str):
            collection, _ = Collection.objects.get_or_create(
                name=collection, defaults={"created_by": by}
            )
        between = Collection.pictures.through
        between.objects.bulk_create(
            (
                between(collection_id=collection.pk, image_id=pk)
                for pk in pictures.order_by().values_list("pk", flat=True)
            ),
            batch_size=5000,
            ignore_conflicts=True,
        )
    return collection


def take_out(pictures: ImageQuerySet, collection: Collection) -> None:
    """None of them lies in the collection any more; the pictures themselves stay."""
    numbers = list(pictures.order_by().values_list("pk", flat=True))
    Collection.pictures.through.objects.filter(collection=collection, image_id__in=numbers).delete()


def decide(image: Image, *, shown: Set[int], chosen: Set[int]) -> None:
    """Puts a picture where somebody chose it to be, who was shown where it lay.

    Only what that person changed is changed: what others did to it meanwhile stays.
    """
    with transaction.atomic():
        image.collections.add(*(chosen - shown))
        image.collections.remove(*(shown - chosen))

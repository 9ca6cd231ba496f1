"""Putting pictures into a collection and taking them out; doing it twice changes nothing."""

from collections.abc import Set

from django.db import transaction

from accounts.models import User
from articles.images.models import Collection, Image, ImageQuerySet


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

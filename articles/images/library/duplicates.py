"""Possible duplicates: shown after an upload until someone keeps both or deletes one.

PostgreSQL finds the pairs (`migrations/sql/picture_library.sql`).
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from articles.images.library import editing
from articles.images.models import Image, SimilarImage


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
        deletion.StillUsed: it is already used.
    """
    if image.uploaded_by_id != by.pk and not by.has_perm("articles.delete_image"):
        message = f"“{image}” was uploaded by someone else. Ask an editor to delete it."
        raise NotAllowed(message)
    with transaction.atomic():
        pairs = SimilarImage.objects.select_for_update()
        if not pairs.filter(
            Q(image=image, older=other) | Q(image=other, older=image), kept_at=None
        ).exists():
            message = "Someone already decided about these two images. Check them again."
            raise NotAllowed(message)
        editing.delete(image)

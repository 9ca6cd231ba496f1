"""Pictures that look alike: told to whoever brings the second one, until somebody keeps both.

PostgreSQL finds the pairs (`migrations/sql/picture_library.sql`).
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from articles.images.library import editing
from articles.images.models import Image, Likeness


class NotYours(Exception):
    """The picture is not this person's to discard; the message says so."""


def similar_images(image: Image) -> list[Image]:
    """The pictures that look like this one and that nobody has decided about, the nearest first."""
    pairs = Likeness.objects.filter(Q(image=image) | Q(older=image), kept_at=None)
    return [
        pair.older if pair.image_id == image.pk else pair.image
        for pair in pairs.select_related("image", "older").order_by("distance", "-pk")
    ]


def keep_both(image: Image, *, by: User) -> int:
    """Nobody is told again that this picture looks like those; returns how many they were."""
    pairs = Likeness.objects.filter(Q(image=image) | Q(older=image), kept_at=None)
    return pairs.update(kept_by=by, kept_at=timezone.now())


def use_instead(image: Image, other: Image, *, by: User) -> None:
    """Discards a picture in favour of one that looks like it.

    Whoever may delete pictures may do so; others only with a picture of their own bringing.

    Raises:
        NotYours: it is somebody else's.
        removing.StillUsed: it stands somewhere already.
    """
    if image.uploaded_by_id != by.pk and not by.has_perm("articles.delete_image"):
        sentence = f"“{image}” was brought by somebody else; ask an editor to delete it."
        raise NotYours(sentence)
    with transaction.atomic():
        pairs = Likeness.objects.select_for_update()
        if not pairs.filter(
            Q(image=image, older=other) | Q(image=other, older=image), kept_at=None
        ).exists():
            sentence = "Somebody has decided about these two already; look at them again."
            raise NotYours(sentence)
        editing.remove(image)

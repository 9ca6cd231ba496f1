"""Taking a picture out of the library."""

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from articles.images.models import Image
from articles.images.uses import listed, uses_of


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

"""Taking a picture away from readers everywhere at once, and giving it back.

Its rows and uses stay, so that the desk sees where it stood; `Licensed.may_be_shown` withholds it.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.images.models import Image, PictureEvent


def withdraw(image: Image, *, by: User | None, reason: str) -> bool:
    """Withholds the picture in every place from the next request on; says whether it was not before."""
    with transaction.atomic():
        row = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if row.withdrawn_at is not None:
            return False
        _set(row, PictureEvent.What.WITHDRAWN, reason, by)
    return True


def restore(image: Image, *, by: User | None) -> bool:
    """Shows it again wherever it stands, as far as its licence allows; says whether it was withdrawn."""
    with transaction.atomic():
        row = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if row.withdrawn_at is None:
            return False
        _set(row, PictureEvent.What.RESTORED, "", by)
    return True


def _set(image: Image, what: PictureEvent.What, reason: str, by: User | None) -> None:
    before = image.withdrawn_reason
    image.withdrawn_at = timezone.now() if what == PictureEvent.What.WITHDRAWN else None
    image.withdrawn_reason = reason
    image.save(update_fields=["withdrawn_at", "withdrawn_reason", "changed_at"])
    PictureEvent.objects.create(
        image=image, what=what, before=before, after=reason, reason=reason, by=by
    )

"""Agencies and photographers: a changed name or wording reaches every picture they have given us."""

from accounts.models import User
from articles.images.models import Agency, Image, Photographer
from articles.images.rights import recording


def save(origin: Agency | Photographer, *, by: User | None) -> int:
    """Saves the row and writes the credits of all its pictures anew; returns how many they are."""
    field = "agency" if isinstance(origin, Agency) else "photographer"
    with recording(Image.objects.filter(**{f"{field}_id": origin.pk}), by=by) as pictures:
        origin.save()
        return pictures.count()

"""Which of its pictures an article shows now."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

from articles.images.models import Image

ARCHIVED_AFTER: Final = timedelta(days=30)


def archived_before(moment: datetime) -> datetime:
    """What was published before belongs to the archive at that moment.

    A midnight (UTC), because pages change with that day by themselves (`iria.kit.caching.tag_of`).
    """
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - ARCHIVED_AFTER


class ShowsPictures:
    """What an article answers about its pictures; the rights in them are the pictures' own."""

    published_at: datetime | None
    lead_picture: Image | None

    def is_archived_at(self, moment: datetime) -> bool:
        """Whether it belongs to the archive by then, for which licences may say otherwise."""
        return self.published_at is not None and self.published_at < archived_before(moment)

    def shows(self, image: Image | None) -> bool:
        """Whether readers see this picture beside the article now; as `Figure.objects.showing()`."""
        if image is None or not image.may_be_shown:
            return False
        return image.licensed_for_archive or not self.is_archived_at(timezone.now())

    @property
    def shown_picture(self) -> Image | None:
        """The lead picture, as long as readers may see it here."""
        return self.lead_picture if self.shows(self.lead_picture) else None

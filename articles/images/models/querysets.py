"""What may be asked of the library's pictures."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from iria.kit import registry

if TYPE_CHECKING:
    from articles.images.models.image import Image  # noqa: F401 - named below as text


class ImageQuerySet(models.QuerySet["Image"]):
    def showable(self, at: datetime | None = None) -> "ImageQuerySet":
        """Pictures that readers may see at that moment, now if none is named.

        Credited or excused with a reason, not withdrawn, licensed for the site, and within the time
        of their licence.
        """
        moment = at or timezone.now()
        begun = Q(licence_from__isnull=True) | Q(licence_from__lte=moment)
        ended = Q(licence_until__isnull=False, licence_until__lte=moment)
        credited = ~Q(credit="") | Q(needs_no_credit=True)
        return self.filter(
            credited & begun & ~ended, withdrawn_at__isnull=True, licensed_for_site=True
        )

    def standing_somewhere(self) -> Q:
        """The condition that a row of some house points at a picture, or that a text carries it.

        The room's own rows are left aside.
        """
        room = __name__.partition(".models")[0]
        rows = [
            relation.related_model._base_manager.filter(
                **{f"{relation.field.name}__isnull": False}
            ).values_list(relation.field.attname)
            for relation in self.model._meta.related_objects
            if not relation.related_model.__module__.startswith(f"{room}.")
        ]
        written = {pk for find in registry.pictures_in_texts for pk in find()}
        return Q(pk__in=rows[0].union(*rows[1:])) | Q(pk__in=written)

    def unused(self) -> "ImageQuerySet":
        """Pictures that no row of any house points at and no text carries."""
        return self.exclude(self.standing_somewhere())

    def lacking_sizes(self) -> "ImageQuerySet":
        """Pictures that have no more than the first size, made while they were taken in."""
        return self.filter(~Exists(self._files().exclude(format__in=["jpeg", "png"])))

    def telling_old_rights(self) -> "ImageQuerySet":
        """Pictures with a file that tells rights of before."""
        return self.filter(Exists(self._files().exclude(rights_version=OuterRef("rights_version"))))

    def cut_elsewhere(self) -> "ImageQuerySet":
        """Pictures with a file that was cut around another point than today's."""
        there = Q(focus_x=OuterRef("focus_x"), focus_y=OuterRef("focus_y"))
        return self.filter(Exists(self._files().exclude(shape="").exclude(there)))

    @staticmethod
    def _files() -> models.QuerySet[Any]:
        from articles.images.models.rendition import Rendition

        return Rendition.objects.filter(image=OuterRef("pk"))

    def for_grid(self) -> "ImageQuerySet":
        """All a grid shows of each picture."""
        return self.defer("metadata")

"""The list of a picture's files in its own row, read once however often the row is.

What may be asked of the library's pictures.

The picture.

What the library is searched by.

Pictures kept together by hand.

What was done to a picture, by whom and when.

Pictures that look alike.
"""

import json
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import EDITOR, REPORTER
from articles.images import privacy
from articles.images.models.description import DescriptionMixin
from articles.images.models.rights import RightsMixin
from iria.core import hooks
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

KNOWN: Final = 1024
"""Lists a process remembers; some eight kilobytes each with what was drawn from them."""


class Files(list[list[Any]]):
    """Every rendition as format, width, height, name, bytes, shape and whether it moves.

    Shared by all rows that hold the same list, so it is never written to. What follows from the list
    alone is kept with it: a front page names five hundred files, the same ones every time.
    """

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        super().__init__(rows)
        self.drawn: dict[Hashable, Any] = {}


@lru_cache(maxsize=KNOWN)
def files_of(text: str) -> Files:
    return Files(json.loads(text))


class FilesField(models.JSONField[Any, Any]):
    """JSON to the database; from it always the same `Files` for the same text."""

    def from_db_value(
        self, value: Any, expression: Any, connection: BaseDatabaseWrapper
    ) -> Files | None:
        return None if value is None else files_of(value)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.JSONField", list(arguments), options


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

    def in_use(self) -> Q:
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
        written = {pk for find in hooks.images_in_texts for pk in find()}
        return Q(pk__in=rows[0].union(*rows[1:])) | Q(pk__in=written)

    def unused(self) -> "ImageQuerySet":
        """Pictures that no row of any house points at and no text carries."""
        return self.exclude(self.in_use())

    def lacking_sizes(self) -> "ImageQuerySet":
        """Pictures that have no more than the first size, made while they were taken in."""
        return self.filter(~Exists(self._files().exclude(format__in=["jpeg", "png"])))

    def outdated_rights(self) -> "ImageQuerySet":
        """Pictures with a file that tells rights of before."""
        return self.filter(Exists(self._files().exclude(rights_version=OuterRef("rights_version"))))

    def outdated_crops(self) -> "ImageQuerySet":
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


SOON: Final = timedelta(days=14)
"""So long before the end of a licence the desk hears of it."""


@model_policy(
    public=ALL_ROWS,
    personal_data=privacy.SUBJECTS,
    permissions={
        EDITOR: f"{ALL_ACTIONS} change_many replace withdraw",
        REPORTER: "view add change",
    },
)
class Image(DescriptionMixin, RightsMixin, models.Model):
    """A picture. Its credit belongs to it; a caption belongs to each use.

    The original stays private as it came; what is served are renditions, always re-encoded.
    """

    original = models.FileField(upload_to="originals/%Y/%m/", max_length=200)
    checksum = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the original.")
    looks = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="64 bits that are alike for pictures that look alike.",
    )
    media_type = models.CharField(max_length=40, editable=False)
    width = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")
    height = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")
    is_moving = models.BooleanField(
        default=False, editable=False, help_text="More than one frame is kept of it."
    )
    sizes = FilesField(
        default=list,
        editable=False,
        help_text="Every rendition as format, width, height, name, bytes, shape and whether it "
        "moves, the narrowest first. PostgreSQL keeps it from the renditions' rows; what is "
        "written here is overruled.",
    )
    rights_version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text="Grows when what renditions say of rights changes; their names follow it.",
    )
    metadata = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What the file itself said."
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = "picture"
        ordering = ["-uploaded_at", "-pk"]
        permissions = [
            ("change_many_image", "Can change the rights of many pictures at once"),
            ("replace_image", "Can replace the file of a picture"),
            ("withdraw_image", "Can withdraw a picture from readers"),
        ]
        constraints = [
            *DescriptionMixin.Meta.constraints,
            *RightsMixin.Meta.constraints,
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="image_has_size"),
        ]
        indexes = [
            models.Index(fields=["checksum"]),
            models.Index(fields=["-uploaded_at", "-id"], name="image_newest"),
            models.Index(
                fields=["-uploaded_at", "-id"],
                condition=Q(credit="", needs_no_credit=False),
                name="image_lacks_credit",
            ),
            models.Index(
                fields=["-uploaded_at", "-id"],
                condition=Q(alt_text="", is_decorative=False),
                name="image_lacks_alt",
            ),
            models.Index(
                fields=["-uploaded_at", "-id"],
                condition=~Q(digital_source_type=""),
                name="image_source_type",
            ),
            # Of a text that is asked how it begins: a year, a month, a day.
            models.Index(fields=["taken"], opclasses=["varchar_pattern_ops"], name="image_taken"),
            models.Index(
                fields=["licence_until"],
                condition=Q(licence_until__isnull=False),
                name="image_licence_end",
            ),
            models.Index(
                fields=["licence_from"],
                condition=Q(licence_from__isnull=False),
                name="image_licence_begin",
            ),
        ]

    def __str__(self) -> str:
        return self.headline or self.caption[:60] or f"Picture {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("admin:articles_image_change", args=[self.pk])

    @property
    def licence_word(self) -> str:
        """What an editor should know of its licence at a glance; empty where all is well."""
        now = timezone.now()
        if self.licence_until is not None and self.licence_until <= now:
            return "Licence has ended"
        if self.licence_from is not None and self.licence_from > now:
            return "Licence has not begun"
        if self.licence_until is not None and self.licence_until <= now + SOON:
            return "Licence ends soon"
        return ""


@model_policy(public=None, personal_data=privacy.SUBJECTS)
class PictureWords(models.Model):
    """A picture's words as the search of the library reads them.

    PostgreSQL keeps the row: a trigger writes it whenever one of the words changes, whoever
    changes it. It stands apart, because readers' pages fetch pictures and need none of it.
    """

    image = models.OneToOneField(
        Image, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="picture_words", fastupdate=False)]

    def __str__(self) -> str:
        return f"The words of picture {self.image_id}"


@model_policy(
    public=None,
    personal_data=privacy.LIBRARY,
    permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add change"},
)
class Collection(models.Model):
    """Pictures that the newsroom keeps together; a picture may lie in several."""

    name = models.CharField(
        max_length=120, unique=True, validators=[validate_storable, validate_not_blank]
    )
    pictures = models.ManyToManyField(Image, blank=True, related_name="collections")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="collection_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@model_policy(public=None, personal_data=privacy.LIBRARY, permissions={EDITOR: "view"})
class PictureEvent(models.Model):
    """A fact of a picture's life that the newsroom may be asked about later."""

    class What(models.TextChoices):
        CREDITED = "credited", "Credit changed"
        LICENSED = "licensed", "Licence changed"
        REPLACED = "replaced", "File replaced"
        WITHDRAWN = "withdrawn", "Withdrawn everywhere"
        RESTORED = "restored", "Shown again"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=9, choices=What)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.image}"


@model_policy(public=None, personal_data=privacy.LIBRARY)
class Likeness(models.Model):
    """Two pictures look alike, until somebody says that both are wanted.

    PostgreSQL writes the row when the second one comes in, whichever way it comes.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="like_older")
    older = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="like_newer")
    distance = models.PositiveSmallIntegerField(help_text="In how many of 64 bits they differ.")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    kept_at = models.DateTimeField(
        null=True, help_text="When somebody looked at both and kept them."
    )

    class Meta:
        verbose_name_plural = "likenesses"
        constraints = [
            models.UniqueConstraint(fields=["image", "older"], name="likeness_told_once"),
            models.CheckConstraint(condition=~Q(image=F("older")), name="likeness_is_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.image} looks like {self.older}"

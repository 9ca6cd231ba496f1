"""The image, its history, search vector, collections, possible duplicates, and renditions."""

import json
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.role_names import EDITOR, REPORTER
from articles.images.models.description import DescriptionMixin, LibraryRow
from articles.images.models.rights import RightsMixin
from articles.images.processing.rendition_sizes import Key
from iria.core import hooks
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

CACHED_LISTS: Final = 512
"""Lists cached in a process; about eight kilobytes each with the attributes computed from them."""


class Files(list[list[Any]]):
    """Every rendition as format, width, height, name, bytes, shape and whether it is animated.

    Shared by all rows with the same list, so it is never modified. Values computed from the list are
    cached with it: a front page lists five hundred files, the same ones every time.
    """

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        super().__init__(rows)
        self.cached: dict[Hashable, Any] = {}


@lru_cache(maxsize=CACHED_LISTS)
def files_of(text: str) -> Files:
    return Files(json.loads(text))


class FilesField(models.JSONField[Any, Any]):
    """JSON in the database; the same text is always the same `Files` object."""

    def from_db_value(
        self, value: Any, expression: Any, connection: BaseDatabaseWrapper
    ) -> Files | None:
        return None if value is None else files_of(value)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.JSONField", list(arguments), options


class ImageQuerySet(models.QuerySet["Image"]):
    def showable(self, at: datetime | None = None) -> "ImageQuerySet":
        """Images that may be published at that time, now if not given.

        Credited, exempt or imported, not withdrawn, licensed for the site, and within their licence dates.
        """
        moment = at or timezone.now()
        begun = Q(licence_from__isnull=True) | Q(licence_from__lte=moment)
        ended = Q(licence_until__isnull=False, licence_until__lte=moment)
        credited = ~Q(credit="") | Q(credit_exempt=True) | Q(credit_pending=True)
        return self.filter(
            credited & begun & ~ended, withdrawn_at__isnull=True, licensed_for_site=True
        )

    def credit_unknown(self) -> "ImageQuerySet":
        """Images that were imported without a credit and have none yet."""
        return self.filter(credit_pending=True, credit="", credit_exempt=False)

    def in_use(self) -> Q:
        """The condition that a row of another package refers to an image, or a text contains it."""
        package = __name__.partition(".models")[0]
        rows = [
            relation.related_model._base_manager.filter(
                **{f"{relation.field.name}__isnull": False}
            ).values_list(relation.field.attname)
            for relation in self.model._meta.related_objects
            if not relation.related_model.__module__.startswith(f"{package}.")
        ]
        written = {pk for find in hooks.images_in_texts for pk in find()}
        return Q(pk__in=rows[0].union(*rows[1:])) | Q(pk__in=written)

    def lacking_sizes(self) -> "ImageQuerySet":
        """Images that have only the first rendition, made during the upload."""
        return self.filter(~Exists(self._files().exclude(format__in=["jpeg", "png"])))

    def outdated_rights(self) -> "ImageQuerySet":
        """Images with a file that has old rights embedded."""
        return self.filter(Exists(self._files().exclude(rights_version=OuterRef("rights_version"))))

    def outdated_crops(self) -> "ImageQuerySet":
        """Images with a file that is cropped around an old focal point."""
        current = Q(focus_x=OuterRef("focus_x"), focus_y=OuterRef("focus_y"))
        return self.filter(Exists(self._files().exclude(shape="").exclude(current)))

    def _files(self) -> models.QuerySet[Any]:
        renditions: Any = self.model._meta.get_field("renditions").related_model
        files: models.QuerySet[Any] = renditions._default_manager.filter(image=OuterRef("pk"))
        return files

    def for_grid(self) -> "ImageQuerySet":
        """Without the metadata, which a grid does not show."""
        return self.defer("metadata")


SOON: Final = timedelta(days=14)
"""Licences that end within this time are reported."""


@model_policy(
    public=ALL_ROWS,
    personal_data="image_subjects",
    permissions={
        EDITOR: f"{ALL_ACTIONS} bulk_change replace withdraw",
        REPORTER: "view add change",
    },
)
class Image(DescriptionMixin, RightsMixin, LibraryRow):
    """An image. Its credit belongs to it; a caption belongs to each use.

    The original stays private and unchanged; renditions, always re-encoded, are served.
    """

    usages = hooks.image_usages

    original = models.FileField(upload_to="originals/%Y/%m/", max_length=200)
    checksum = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the original.")
    perceptual_hash = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="Perceptual hash of 64 bits, similar for similar images.",
    )
    media_type = models.CharField(max_length=40, editable=False)
    width = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")
    height = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")
    is_animated = models.BooleanField(
        default=False, editable=False, help_text="It has more than one frame."
    )
    sizes = FilesField(
        default=list,
        editable=False,
        help_text="Every rendition as format, width, height, name, bytes, shape and whether it is "
        "animated, the narrowest first. PostgreSQL fills it from the renditions' rows and ignores "
        "other values.",
    )
    rights_version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text="Increases when rights embedded in renditions change; their names contain it.",
    )
    metadata = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Metadata embedded in the file."
    )
    uploaded_by = ActorField(null=True, editable=False)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = "image"
        ordering = ["-uploaded_at", "-pk"]
        permissions = [
            ("bulk_change_image", "Can edit the rights of several images at once"),
            ("replace_image", "Can replace the file of an image"),
            ("withdraw_image", "Can withdraw an image from the site"),
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
                condition=Q(credit="", credit_exempt=False),
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
            # For prefix searches: a year, a month, a day.
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
        return self.headline or self.caption[:60] or f"Image {self.pk}"

    def get_absolute_url(self) -> str:
        return self.change_url

    @property
    def is_licence_soon_over(self) -> bool:
        now = timezone.now()
        return self.licence_until is not None and now < self.licence_until <= now + SOON

    @property
    def licence_warning(self) -> str:
        """A warning about its licence for editors; empty if it is valid."""
        now = timezone.now()
        if self.licence_until is not None and self.licence_until <= now:
            return "Licence expired"
        if self.licence_from is not None and self.licence_from > now:
            return "Licence not started"
        if self.licence_until is not None and self.is_licence_soon_over:
            day = date_format(timezone.localtime(self.licence_until), "j M")
            return f"Licence ends {day}"
        return ""


@model_policy(public=None, personal_data="image_subjects")
class ImageSearchVector(models.Model):
    """The search vector of an image.

    A trigger writes the row whenever one of the texts changes. It is a table of its own because
    public pages fetch images without it.
    """

    image = models.OneToOneField(
        Image, on_delete=models.CASCADE, primary_key=True, related_name="search_vector"
    )
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="picture_words", fastupdate=False)]

    def __str__(self) -> str:
        return f"Search vector of image {self.image_id}"


@model_policy(
    public=None,
    personal_data="image_library",
    permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add change"},
)
class Collection(models.Model):
    """A named group of images; an image can be in several."""

    name = models.CharField(
        max_length=120, unique=True, validators=[validate_storable, validate_not_blank]
    )
    pictures = models.ManyToManyField(Image, blank=True, related_name="collections")
    created_by = ActorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="collection_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


@model_policy(public=None, personal_data="image_library", permissions={EDITOR: "view"})
class ImageEvent(models.Model):
    """A recorded change of an image's rights or file."""

    class Action(models.TextChoices):
        CREDITED = "credited", "Credit changed"
        LICENSED = "licensed", "Licence changed"
        REPLACED = "replaced", "File replaced"
        WITHDRAWN = "withdrawn", "Withdrawn"
        RESTORED = "restored", "Restored"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=9, choices=Action)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    created_by = ActorField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.image}"


@model_policy(public=None, personal_data="image_library")
class SimilarImage(models.Model):
    """Two similar images, possibly duplicates; a trigger creates the row."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="like_older")
    older = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="like_newer")
    distance = models.PositiveSmallIntegerField(
        help_text="Number of differing bits of the perceptual hashes."
    )
    kept_by = ActorField(null=True)
    kept_at = models.DateTimeField(null=True, help_text="When someone decided to keep both.")

    class Meta:
        verbose_name = "possible duplicate"
        constraints = [
            models.UniqueConstraint(fields=["image", "older"], name="likeness_told_once"),
            models.CheckConstraint(condition=~Q(image=F("older")), name="likeness_is_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.image} is similar to {self.older}"


# A new rendition is written to its image too.
@model_policy(public=None, personal_data=None)
class Rendition(models.Model):
    """One size and format of an image."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    name = models.CharField(
        max_length=80, unique=True, help_text="Unguessable; the last part of its URL."
    )
    file = models.FileField(upload_to="renditions/%Y/%m/", max_length=200)
    bytes = models.PositiveIntegerField(default=0)
    shape = models.CharField(
        max_length=8,
        blank=True,
        default="",
        help_text="Aspect ratio of the crop, as in 3:2; empty if uncropped.",
    )
    focus_x = models.FloatField(default=0.5, help_text="Focal point of the crop.")
    focus_y = models.FloatField(default=0.5)
    moving = models.BooleanField(default=False, help_text="Whether it has several frames.")
    rights_version = models.PositiveIntegerField(
        default=0, help_text="Which version of the image's rights is embedded in the file."
    )

    class Meta:
        ordering = ["width"]
        constraints = [
            models.UniqueConstraint(
                fields=["image", "shape", "format", "width", "moving"],
                name="rendition_made_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.image_id} at {self.width} as {self.format}"

    def get_absolute_url(self) -> str:
        return reverse("rendition", args=[self.name])

    @property
    def key(self) -> Key:
        return (self.shape, self.format, self.width, self.moving)

    def is_cut_as(self, image: Image) -> bool:
        """Whether it is uncropped, or cropped around the current focal point."""
        focus = (image.focus_x, image.focus_y)
        return not self.shape or (self.focus_x, self.focus_y) == focus


@model_policy(public=None, personal_data=None)
class OldRenditionName(models.Model):
    """A former name of a rendition; requests for it are redirected."""

    name = models.CharField(max_length=80, unique=True)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="former_names")
    format = models.CharField(max_length=4, choices=Rendition.Format)
    width = models.PositiveIntegerField()
    shape = models.CharField(max_length=8, blank=True, default="")
    moving = models.BooleanField(default=False)
    file = models.FileField(
        max_length=200,
        blank=True,
        help_text="Kept for a while for running requests, then deleted.",
    )
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["replaced_at"], name="former_name_by_age")]

    def __str__(self) -> str:
        return f"{self.name}, former name of image {self.image_id}"

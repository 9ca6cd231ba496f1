"""The file: a PDF document or audio."""

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.role_names import EDITOR, REPORTER
from articles.files.inspection.file_types import AUDIO_GROUP, BY_MEDIA_TYPE, PDF_GROUP
from articles.images.models.description import LibraryRow
from iria.core import hooks
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

EXPIRES_SOON: Final = timedelta(days=14)
"""Licences that end within this time are marked in the list."""


class FileQuerySet(models.QuerySet["File"]):
    def in_use(self) -> Q:
        """The condition that an article or a page uses the file."""
        used_ids = [
            relation.related_model._base_manager.values_list(relation.field.attname)
            for relation in self.model._meta.related_objects
        ]
        in_texts = {pk for find in hooks.files_in_texts for pk in find()}
        condition = Q(pk__in=in_texts)
        for each in used_ids:
            condition |= Q(pk__in=each)
        return condition


@model_policy(
    public=ALL_ROWS,
    personal_data="files",
    permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add change"},
)
class File(LibraryRow):
    """A PDF document or an audio file. Its credit belongs to it; a description to each use.

    Only the cleaned copy is stored (`docs/decisions/figures.md`).
    """

    usages = hooks.file_usages

    class Kind(models.TextChoices):
        PDF = PDF_GROUP, "PDF"
        AUDIO = AUDIO_GROUP, "Audio"

    title = models.CharField(
        max_length=200,
        validators=[validate_storable, validate_not_blank],
        help_text="Shown to readers as the name of the file.",
    )
    credit = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="Who made it. Shown to readers; without a credit they cannot see the file.",
    )
    copyright_notice = models.CharField(
        "copyright", max_length=500, blank=True, validators=[validate_storable]
    )
    licence_url = models.URLField(
        "licence URL",
        blank=True,
        max_length=500,
        help_text="Text of the licence, for example at Creative Commons.",
    )
    usage_terms = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="What the licence allows. Internal; not shown to readers.",
    )
    licence_until = models.DateTimeField(
        "licence ends",
        null=True,
        blank=True,
        help_text="The file is hidden from this time. Empty: no end.",
    )
    kind = models.CharField(max_length=5, choices=Kind, editable=False)
    media_type = models.CharField(max_length=40, editable=False)
    bytes = models.PositiveIntegerField("size", editable=False)
    pages = models.PositiveIntegerField(null=True, editable=False, help_text="Of a PDF.")
    duration = models.PositiveIntegerField(
        null=True, editable=False, help_text="Of audio, in seconds."
    )
    stored = models.FileField(upload_to="files/%Y/%m/", max_length=200, editable=False)
    name = models.CharField(
        max_length=60, unique=True, editable=False, help_text="Unguessable, in its URL."
    )
    original_name = models.CharField(max_length=200, editable=False)
    checksum = models.CharField(
        max_length=64, editable=False, db_index=True, help_text="SHA-256 of the uploaded file."
    )
    uploaded_by = ActorField(null=True, editable=False)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = "file"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="file_has_title"),
            models.CheckConstraint(
                condition=Q(kind="pdf", pages__gt=0, duration__isnull=True)
                | Q(kind="audio", duration__gt=0, pages__isnull=True),
                name="file_has_pages_or_duration",
            ),
        ]
        indexes = [models.Index(fields=["-uploaded_at", "-id"], name="file_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.name])

    @property
    def is_audio(self) -> bool:
        return self.kind == self.Kind.AUDIO

    @property
    def type_name(self) -> str:
        """PDF, MP3, M4A, Ogg, WAV or FLAC."""
        return BY_MEDIA_TYPE[self.media_type].name

    @property
    def length(self) -> str:
        """Pages or duration as text, in the language of the page."""
        if self.is_audio:
            return clock_time(self.duration or 0)
        return ngettext("%(count)d page", "%(count)d pages", self.pages or 0) % {
            "count": self.pages or 0
        }

    @property
    def size_text(self) -> str:
        return filesizeformat(self.bytes)

    @property
    def facts(self) -> str:
        """Type, length and size on one line."""
        return gettext("%(type)s, %(length)s, %(size)s") % {
            "type": self.type_name,
            "length": self.length,
            "size": self.size_text,
        }

    @property
    def may_be_shown(self) -> bool:
        """Whether readers may have it now; the same rule as for links (`articles.files.hooks`)."""
        return self.may_be_shown_at(timezone.now())

    def may_be_shown_at(self, moment: datetime) -> bool:
        licensed = self.licence_until is None or moment < self.licence_until
        return bool(self.credit.strip()) and licensed

    @property
    def warning(self) -> str:
        """What editors should do about it; empty if nothing."""
        now = timezone.now()
        if not self.credit.strip():
            return "No credit"
        if self.licence_until is not None and self.licence_until <= now:
            return "Licence expired"
        if self.licence_until is not None and self.licence_until <= now + EXPIRES_SOON:
            return "Licence expires soon"
        return ""


def clock_time(seconds: int) -> str:
    """1:02:03 or 4:05."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

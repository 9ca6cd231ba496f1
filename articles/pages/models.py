"""Static pages: about, contact, privacy."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.role_names import EDITOR
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.languages import language_choices
from iria.core.text.validators import validate_not_blank, validate_storable

RESERVED: Final = frozenset(
    {"accounts", "admin", "api", "archive", "author", "category", "comments", "corrections", "feed"}
    | {
        "files",
        "healthz",
        "language",
        "newsletter",
        "pictures",
        "preview",
        "readyz",
        "robots",
        "search",
        "seen",
    }
    | {"emblem", "face", "reader", "sitemap", "static", "tag", "theme", "what-we-keep"}
)
"""First path segments that other views use."""

PART: Final = re.compile(r"[-\w]+")


def validate_path(path: str) -> None:
    """Validates a path: segments of letters, digits and hyphens, the first one not reserved."""
    parts = path.split("/")
    if not all(PART.fullmatch(part) for part in parts):
        raise ValidationError(
            "Use letters, digits and hyphens, with slashes between the parts, such as about/our-team.",
            code="form",
        )
    if parts[0] in RESERVED:
        raise ValidationError(
            f"Paths that begin with “{parts[0]}” are reserved. Choose another path.",
            code="reserved",
        )
    if re.fullmatch(r"\d{4}", parts[0]):
        raise ValidationError(
            "Paths that begin with a year are reserved for articles. Choose another path.",
            code="year",
        )
    if parts[-1] == "feed":
        raise ValidationError(
            "Paths that end with “feed” are reserved for feeds. Choose another path.", code="feed"
        )


class PageQuerySet(models.QuerySet["Page"]):
    def published(self) -> "PageQuerySet":
        """Published pages."""
        return self.filter(is_published=True)

    def versions_of(self, page: "Page") -> "PageQuerySet":
        """The published original of a page and its translations, the page itself included."""
        original = page.translation_of_id or page.pk
        return self.published().filter(Q(pk=original) | Q(translation_of=original))


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class Page(models.Model):
    """A static page. `pages.saving.save` sanitises its text."""

    title = models.CharField(max_length=120, validators=[validate_storable, validate_not_blank])
    path = models.CharField(
        "address",
        max_length=200,
        unique=True,
        validators=[validate_storable, validate_path],
        help_text="For example about or about/our-team. If you change it, the old URL redirects here.",
        error_messages={"unique": "A page with this path already exists."},
    )
    body = models.TextField("text", blank=True, max_length=500_000, validators=[validate_storable])
    description = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="Meta description for search engines: one sentence.",
    )
    language = models.CharField(max_length=8, choices=language_choices, default="en")
    translation_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        db_constraint=False,
        db_index=False,
        help_text="The page that this one translates. Menus in the language of this page link here "
        "instead.",
    )
    position = models.PositiveSmallIntegerField(
        "position in footer",
        null=True,
        blank=True,
        help_text="Lower numbers come first. Leave empty to hide the page from the footer.",
    )
    is_published = models.BooleanField(
        "published", default=False, help_text="Clear to hide the page from readers."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(path="") & ~Q(title=""), name="page_has_address"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.path])

    def clean(self) -> None:
        original = self.translation_of
        if original is None:
            return
        if original.translation_of_id is not None or (self.pk and self.translations.exists()):
            message = "Choose the original page. A translation cannot have translations."
            raise ValidationError({"translation_of": message})
        if original.language == self.language:
            message = (
                "This page has the language of the original. Change the language of one of them."
            )
            raise ValidationError({"language": message})
        others = original.translations.exclude(pk=self.pk).filter(language=self.language)
        if others.exists():
            message = f"“{others[0].title}” already translates that page into this language."
            raise ValidationError({"translation_of": message})


@model_policy(public=ALL_ROWS, personal_data=None)
class OldPagePath(models.Model):
    """A former path of a page. It refers to the page, so a second move makes no chain."""

    path = models.CharField(max_length=200, unique=True)
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="old_paths")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"/{self.path}/"

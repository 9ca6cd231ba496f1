"""Tags that ignore capitals and accents, categories in a tree, and article types."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q
from taggit.managers import _TaggableManager
from taggit.models import Tag

from accounts.role_names import EDITOR, REPORTER
from iria.core.http.urls import url_path
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.language import translated
from iria.core.text.validators import validate_not_blank, validate_storable

# The database compares tags without capitals and accents (`migrations/sql/tags.sql`). The rows are
# locked against deletion in the order of a merge, so that a concurrent merge waits.
SAME_NAME = """
SELECT wanted.name, tag.id
FROM unnest(%s::text[]) AS wanted(name)
JOIN taggit_tag AS tag ON iria_folded(tag.name) = iria_folded(wanted.name)
ORDER BY tag.id
FOR KEY SHARE OF tag
"""


class Folded(models.Func):
    """Text without capitals and accents, as the database compares tags."""

    function = "iria_folded"
    output_field = models.TextField()


def tag_ids_by_name(names: Iterable[str]) -> dict[str, int]:
    """The id of the tag with the same name, ignoring capitals and accents, for every name."""
    with connection.cursor() as cursor:
        cursor.execute(SAME_NAME, [list(names)])
        return dict(cursor.fetchall())


def get_or_create_tags(tags: Iterable[str | Tag]) -> list[Tag]:
    """The tags with these names, created where none exists; each once, in this order."""
    wanted = list(tags)
    names = [each for each in wanted if isinstance(each, str)]
    known = tag_ids_by_name(names) if names else {}
    rows = Tag.objects.in_bulk(list(known.values()))
    found: dict[int, Tag] = {}
    for each in wanted:
        tag = each if isinstance(each, Tag) else _get_or_create(each, rows.get(known.get(each, 0)))
        found.setdefault(tag.pk, tag)
    return list(found.values())


def _get_or_create(name: str, known: Tag | None) -> Tag:
    known = known or _merged_into(name)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            created: Tag = Tag.objects.create(name=name)
            return created
    except IntegrityError:
        # Another transaction created the same tag at this moment; the index allows only one.
        found = tag_ids_by_name([name])
        if name not in found:
            raise
        existing: Tag = Tag.objects.get(pk=found[name])
        return existing


def _merged_into(name: str) -> Tag | None:
    """The tag that a tag of this name was merged into or renamed to."""
    redirects = apps.get_model("articles", "Redirect")._default_manager
    old_path = f"/tag/{Tag().slugify(name)}/"  # type: ignore[no-untyped-call]
    redirect = redirects.filter(old_path=old_path, tag__isnull=False).select_related("tag").first()
    return redirect.tag if redirect else None


# The base class for `TaggableManager(manager=…)`, for which taggit has no public name.
class UnaccentedTagManager(_TaggableManager):
    """`article.tags`: names match existing tags, ignoring capitals and accents."""

    def add(self, *tags: str | Tag, **options: Any) -> None:
        super().add(*get_or_create_tags(tags), **options)

    def set(self, tags: Iterable[str | Tag], **options: Any) -> None:
        super().set(get_or_create_tags(tags), **options)


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_order(self) -> "CategoryQuerySet":
        """Every category, parents before children, siblings in their order."""
        return self.order_by("sort_key")

    def within(self, category: "Category") -> "CategoryQuerySet":
        """The category and its descendants."""
        return self.filter(Q(pk=category.pk) | Q(path__startswith=f"{category.path}/"))


@model_policy(
    public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: "view"}
)
class Category(models.Model):
    """A category. `path` consists of the slugs from the top level down.

    `editorial.taxonomy` maintains `path` and `sort_key`.
    """

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=80, validators=[validate_storable, validate_not_blank])
    slug = models.SlugField(
        max_length=80,
        allow_unicode=True,
        help_text="Part of the URL. After a change, the old URL redirects.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    introduction = models.TextField(
        blank=True,
        validators=[validate_storable],
        help_text="Shown at the top of the category page, and as its meta description.",
    )
    translations = models.JSONField(default=dict, blank=True, db_default={})
    """Language code → `name` and `introduction` (`iria.core.text.language`)."""
    path = models.CharField(max_length=400, unique=True, editable=False)
    sort_key = models.CharField(max_length=600, db_index=True, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "slug"],
                name="category_slug_once_per_parent",
                nulls_distinct=False,
                violation_error_message="A category with this slug already exists here.",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("pk")),
                name="category_not_its_own_parent",
                violation_error_message="A category cannot be below itself.",
            ),
            models.CheckConstraint(
                condition=~Q(slug="feed"),
                name="category_slug_not_reserved",
                violation_error_message="“feed” is reserved for URLs. Choose another slug.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return url_path("category", self.path)

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return str(translated(self, "name"))

    @property
    def local_introduction(self) -> str:
        """The introduction in the language of the page."""
        return str(translated(self, "introduction"))

    @property
    def depth(self) -> int:
        """0 for a category at the top."""
        return self.path.count("/")

    def clean(self) -> None:
        parent, seen = self.parent, {self.pk}
        while parent is not None:
            if parent.pk in seen and parent.pk is not None:
                message = "A category cannot be below itself or one of its own children."
                raise ValidationError({"parent": message})
            seen.add(parent.pk)
            parent = parent.parent


@model_policy(
    public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: "view"}
)
class ArticleType(models.Model):
    """A type of article: news, analysis, report, opinion. Editors maintain the list."""

    class Template(models.TextChoices):
        NEWS = "news", "News"
        ANALYSIS = "analysis", "Analysis: with contents"
        OPINION = "opinion", "Opinion: with the portrait of the author"
        REPORT = "report", "Report: with a cover, contents and the PDF"
        PODCAST = "podcast", "Podcast: with a player"
        VIDEO = "video", "Video: with the video first"

    name = models.CharField(
        max_length=40, unique=True, validators=[validate_storable, validate_not_blank]
    )
    slug = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    template = models.CharField(
        max_length=8,
        choices=Template,
        default=Template.NEWS,
        db_default=Template.NEWS.value,
        help_text="How its articles look. What an article lacks, such as a PDF, is not shown.",
    )
    translations = models.JSONField(default=dict, blank=True, db_default={})
    """Language code → `name` (`iria.core.text.language`)."""

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name in the language of the page."""
        return str(translated(self, "name"))

"""Categories, nested and ordered, and the kinds of article."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from iria.kit.addresses import address_of
from iria.kit.text import refuse_blank, refuse_unstorable

RESERVED_SEGMENTS = frozenset({"feed"})


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_order(self) -> "CategoryQuerySet":
        """Every category, each parent before its children, siblings as the editors ordered them."""
        return self.order_by("sort_key")

    def within(self, category: "Category") -> "CategoryQuerySet":
        """The category itself and everything below it."""
        return self.filter(Q(pk=category.pk) | Q(path__startswith=f"{category.path}/"))


class Category(models.Model):
    """A section of the publication. `path` is its address: the slugs from the top down.

    `path` and `sort_key` follow from the tree; `editorial.categorising` keeps them.
    """

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=80, validators=[refuse_unstorable, refuse_blank])
    slug = models.SlugField(
        max_length=80,
        allow_unicode=True,
        help_text="One part of the address. The old address keeps working when it changes.",
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Lower numbers stand first among their siblings."
    )
    introduction = models.TextField(
        blank=True,
        validators=[refuse_unstorable],
        help_text="Stands at the head of the category's page and describes it to search engines.",
    )
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
                violation_error_message="There is a category with this address here already.",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("pk")),
                name="category_not_its_own_parent",
                violation_error_message="A category cannot stand under itself.",
            ),
            models.CheckConstraint(
                condition=~Q(slug="feed"),
                name="category_slug_not_reserved",
                violation_error_message="“feed” is reserved for addresses; choose another.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("category", self.path)

    @property
    def depth(self) -> int:
        """0 for a category at the top."""
        return self.path.count("/")

    def clean(self) -> None:
        parent, seen = self.parent, {self.pk}
        while parent is not None:
            if parent.pk in seen and parent.pk is not None:
                sentence = "A category cannot stand under itself or under one of its own children."
                raise ValidationError({"parent": sentence})
            seen.add(parent.pk)
            parent = parent.parent


class Kind(models.Model):
    """What sort of text an article is: news, analysis, report, opinion. Editors keep the list."""

    name = models.CharField(
        max_length=40, unique=True, validators=[refuse_unstorable, refuse_blank]
    )
    slug = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

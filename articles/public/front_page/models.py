"""Articles that editors place on front pages and category pages."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.role_names import EDITOR
from articles.editorial.models import Article, Category
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.languages import language_choices


class PlacementQuerySet(models.QuerySet["Placement"]):
    def in_force(self) -> "PlacementQuerySet":
        """Placements that are not expired and have a published article."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now())).filter(
            article__in=Article.objects.published()
        )

    def on_front(self, language: str) -> "PlacementQuerySet":
        return self.exclude(slot=Placement.Slot.HEAD).filter(language=language)


@model_policy(public=ALL_ROWS, personal_data="front_page", permissions={EDITOR: ALL_ACTIONS})
class Placement(models.Model):
    """An article in a slot, until a given time or until an editor changes it.

    Slots that are empty, expired or without a published article are filled automatically
    (`front_page.layout`).
    """

    class Slot(models.TextChoices):
        LEAD = "lead", "Lead of the front page"
        SECOND = "second", "Secondary lead"
        OPINION = "opinion", "Opinion of the front page"
        REPORT = "report", "Report of the front page"
        SECTION = "section", "Section of the front page"
        HEAD = "head", "Lead of a section page"

    slot = models.CharField(max_length=8, choices=Slot)
    language = models.CharField(
        max_length=8, choices=language_choices, blank=True, help_text="Language of the front page."
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="placements"
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="0 is the first.")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="placements")
    expires_at = models.DateTimeField(null=True, blank=True)
    placed_by = ActorField(null=True, editable=False)
    placed_at = models.DateTimeField(auto_now_add=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = "front page slot"
        verbose_name_plural = "front pages"
        constraints = [
            models.UniqueConstraint(
                fields=["language", "slot", "category", "position"],
                name="placement_place_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["language", "article"],
                condition=~Q(slot="head"),
                name="placement_article_once_a_front_page",
            ),
            models.CheckConstraint(
                condition=Q(slot__in=["section", "head"], category__isnull=False)
                | Q(slot__in=["lead", "second", "opinion", "report"], category__isnull=True),
                name="placement_category_where_it_needs_one",
            ),
            models.CheckConstraint(
                condition=(Q(slot="head") & Q(language="") & Q(position=0))
                | (~Q(slot="head") & ~Q(language="")),
                name="placement_language_where_it_needs_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} as {self.get_slot_display().lower()}"


@model_policy(public=ALL_ROWS, personal_data="front_page", permissions={EDITOR: ALL_ACTIONS})
class SectionPattern(models.Model):
    """How a section of a front page is laid out, if an editor chose it."""

    class Pattern(models.TextChoices):
        LEAD = "lead", "One large card and four small ones"
        ROW = "row", "Four cards in a row"
        PAIR = "pair", "Beside another section: one card and two lines"

    language = models.CharField(
        max_length=8, choices=language_choices, help_text="Language of the front page."
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, related_name="front_page_patterns"
    )
    pattern = models.CharField(max_length=4, choices=Pattern)
    chosen_by = ActorField(null=True, editable=False)
    chosen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["language", "category"], name="section_pattern_once_a_front_page"
            ),
            models.CheckConstraint(
                condition=Q(pattern__in=["lead", "row", "pair"]), name="section_pattern_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.get_pattern_display().lower()}"

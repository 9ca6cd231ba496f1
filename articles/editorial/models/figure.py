"""Which pictures an article carries, read from its text on every save."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.editorial.models.article import Article
from articles.editorial.models.shows_pictures import archived_before
from articles.images.models import Image


class FigureQuerySet(models.QuerySet["Figure"]):
    def showing(self) -> "FigureQuerySet":
        """Uses whose picture readers may see there now; the same rule as `Article.shows`."""
        stays = Q(image__licensed_for_archive=True)
        young = Q(article__published_at__gte=archived_before(timezone.now()))
        return self.filter(stays | young, image__in=Image.objects.showable())


class Figure(models.Model):
    """One use of a picture in an article, with the caption of this use.

    The text itself is the truth for inline figures, the article's own columns for the lead
    picture. These rows follow from them (`editorial.revising`), so that pages, sitemaps, search
    and the library can ask the database where a picture stands.
    """

    class Place(models.TextChoices):
        LEAD = "lead", "Lead picture"
        INLINE = "inline", "In the text"

    class Width(models.TextChoices):
        NORMAL = "normal", "As wide as the text"
        WIDE = "wide", "Wide"
        FULL = "full", "As wide as the page"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="figures")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="figures")
    place = models.CharField(max_length=6, choices=Place)
    position = models.PositiveSmallIntegerField(help_text="0 for the lead, then as in the text.")
    caption = models.TextField(
        blank=True, help_text="Its own words, or those of its gallery where it has none."
    )
    width = models.CharField(max_length=6, choices=Width, default=Width.NORMAL)
    gallery = models.PositiveSmallIntegerField(
        default=0, help_text="Which gallery of the text it is part of; 0 where it stands alone."
    )

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="figure_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.image} in {self.article}"

    def get_absolute_url(self) -> str:
        """Where it is seen large, in a published article."""
        return f"{self.article.get_absolute_url()}picture/{self.image_id}/"

"""Who signs an article, and an author's portrait."""

from django.db import models

from accounts.models import AuthorProfile
from articles.editorial.models.article import Article
from articles.images.models import Image


class Byline(models.Model):
    """An author of an article, in the order in which they sign."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(AuthorProfile, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_once",
                violation_error_message="This author signs twice.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.author)


class Portrait(models.Model):
    """An author's picture. It lives here because accounts know no pictures."""

    author = models.OneToOneField(AuthorProfile, on_delete=models.CASCADE, related_name="portrait")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="portraits")

    def __str__(self) -> str:
        return f"Portrait of {self.author}"

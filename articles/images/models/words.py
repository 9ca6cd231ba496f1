"""What the library is searched by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from articles.images.models.image import Image


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

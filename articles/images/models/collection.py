"""Pictures kept together by hand."""

from django.conf import settings
from django.db import models

from articles.images.models.image import Image
from iria.kit.text import refuse_blank, refuse_unstorable


class Collection(models.Model):
    """Pictures that the newsroom keeps together; a picture may lie in several."""

    name = models.CharField(
        max_length=120, unique=True, validators=[refuse_unstorable, refuse_blank]
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

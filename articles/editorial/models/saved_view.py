"""The views of the article list that people save."""

from typing import Final

from django.conf import settings
from django.db import models

from articles.editorial import privacy
from iria.core.model_policy import model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

MAX_VIEWS: Final = 12
"""Of each user."""


@model_policy(public=None, personal_data=privacy.SAVED_VIEWS)
class SavedView(models.Model):
    """Search, filters and order of the article list, under a name; only its user sees it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=40, validators=[validate_storable, validate_not_blank])
    query = models.CharField(max_length=1000, help_text="The query string of the list.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name

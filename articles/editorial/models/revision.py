"""Revisions and state changes of an article."""

from django.conf import settings
from django.db import models

from accounts.role_names import EDITOR, REPORTER
from articles.editorial import privacy
from articles.editorial.models.article import Article
from iria.core.model_policy import model_policy


@model_policy(
    public=None, personal_data=privacy.EDITING, permissions={EDITOR: "view", REPORTER: "view"}
)
class Revision(models.Model):
    """The content of an article as it was saved."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    headline = models.CharField(max_length=200)
    standfirst = models.TextField(blank=True)
    body = models.TextField(blank=True)
    lead_image_id = models.BigIntegerField(null=True, blank=True)
    lead_caption = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.headline}, version {self.number}"


@model_policy(public=None, personal_data=privacy.EDITING, permissions={EDITOR: "view"})
class StateChange(models.Model):
    """Who published, scheduled or unpublished an article, and when."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="state_changes")
    state = models.CharField(max_length=10, choices=Article.State)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text="Empty if the worker did it at the scheduled time.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    publish_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_state_display()}"

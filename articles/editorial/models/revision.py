"""Revisions of an article, its draft beside the published text, and its state changes."""

from datetime import datetime

from django.db import models

from accounts.role_names import EDITOR, REPORTER
from articles.editorial.models.article import Article
from iria.core.db.fields import ActorField
from iria.core.model_policy import Pruning, model_policy


@model_policy(
    public=None,
    personal_data="editing",
    permissions={EDITOR: "view", REPORTER: "view"},
    pruning=Pruning(
        "editorial.thin_revisions",
        "Thinned after 30 days to what readers saw and the last of each day.",
    ),
)
class Revision(models.Model):
    """The whole article as data, as it was saved (`articles.editorial.versions.content`)."""

    class Reason(models.TextChoices):
        SAVE = "save", "Saved"
        AUTOSAVE = "autosave", "Saved automatically"
        RESTORE = "restore", "Restored"
        BULK = "bulk", "Changed with other articles"
        DISCARD = "discard", "Changes discarded"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    headline = models.CharField(max_length=200, blank=True)
    standfirst = models.TextField(blank=True)
    body = models.TextField(blank=True)
    lead_image_id = models.BigIntegerField(null=True, blank=True)
    lead_caption = models.TextField(blank=True)
    details = models.JSONField(
        null=True,
        blank=True,
        help_text="Everything else by field name. Empty in revisions from before 0.3.",
    )
    reason = models.CharField(max_length=8, choices=Reason, default=Reason.SAVE)
    restored_from = models.PositiveIntegerField(null=True, blank=True)
    created_by = ActorField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(
        null=True, blank=True, help_text="When a later autosave changed it."
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="When readers first saw it; empty if they never did."
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.headline}, version {self.number}"

    @property
    def last_saved(self) -> datetime:
        return self.saved_at or self.created_at


@model_policy(public=None, personal_data="editing", permissions={EDITOR: "view", REPORTER: "view"})
class Draft(models.Model):
    """Changes to a published article that readers do not see yet.

    An article that is not published has none: its own row is the draft.
    """

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="draft"
    )
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    publish_at = models.DateTimeField(
        null=True,
        blank=True,
        db_index=True,
        help_text="When the changes are published by themselves.",
    )

    def __str__(self) -> str:
        return f"Draft of {self.article}"


@model_policy(public=None, personal_data="editing", permissions={EDITOR: "view"})
class StateChange(models.Model):
    """Who published, scheduled or unpublished an article, moved it to the trash or restored it, and when."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="state_changes")
    state = models.CharField(max_length=10, choices=Article.State)
    created_by = ActorField(
        null=True, blank=True, help_text="Empty if the worker did it at the scheduled time."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    revision_number = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="The changes that were published or scheduled; empty for the article itself.",
    )

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_state_display()}"

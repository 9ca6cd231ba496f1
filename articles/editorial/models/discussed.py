"""What an editor decides about comments below one article."""

from django.db import models
from django.db.models import Q

COLUMNS = ("comments_open", "comments_policy", "comments_close_after")


class Discussed(models.Model):
    """Columns of the article; what the publication says holds where they are left empty."""

    class Comments(models.TextChoices):
        AS_EVERYWHERE = "", "As everywhere on the site"
        OPEN = "open", "The rules decide what appears at once"
        HELD = "held", "A moderator reads every comment first"
        OFF = "off", "No comments, and none are shown"

    comments_open = models.BooleanField(
        default=True, help_text="Whether readers may write below this article."
    )
    comments_policy = models.CharField(
        max_length=4, choices=Comments, blank=True, default=Comments.AS_EVERYWHERE
    )
    comments_close_after = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Days after publication from which nobody may comment any more; 0 for never. "
        "Left empty, as everywhere on the site.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(comments_policy__in=["", "open", "held", "off"]),
                name="article_comments_policy_known",
            ),
        ]

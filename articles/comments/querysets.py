"""Which comments, and with what a page needs of them."""

from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone

from iria.publication.models import Publication

class CommentQuerySet(models.QuerySet["Comment"]):
    def published(self) -> "CommentQuerySet":
        """What readers may see: approved, and below an article they may see that has a conversation."""
        off = Publication.objects.filter(comments_policy="off")
        seen = self.filter(
            state="approved",
            article__state="published",
            article__published_at__lte=timezone.now(),
        )
        return seen.filter(
            ~Q(article__comments_policy="off"), ~Q(article__comments_policy="") | ~Exists(off)
        )

    def held(self) -> "CommentQuerySet":
        """What waits for a moderator."""
        return self.filter(state="held")

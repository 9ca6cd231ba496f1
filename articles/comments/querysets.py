"""Which comments, and with what a page needs of them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import FETCH_RAISE, Case, Q, When
from django.utils import timezone

if TYPE_CHECKING:
    from articles.comments.models import Comment  # noqa: F401 - names the generic
    from articles.editorial.models import Article


class CommentQuerySet(models.QuerySet["Comment"]):
    def published(self) -> "CommentQuerySet":
        """What readers may see: approved, and below an article they may see."""
        return self.filter(
            state="approved",
            article__state="published",
            article__published_at__lte=timezone.now(),
        )

    def held(self) -> "CommentQuerySet":
        """What waits for a moderator."""
        return self.filter(state="held")

    def for_thread(self, article: "Article") -> "CommentQuerySet":
        """Every comment a thread is made of, in one query, without the words of hidden ones.

        A hidden comment is fetched only where somebody answered it, since it may have to stand
        as a gap; its words stay in the database.
        """
        answered = (
            self.model._default_manager.filter(article_id=article.pk, parent__isnull=False)
            .order_by()
            .values("parent_id")
        )
        return (
            self.filter(Q(article_id=article.pk) & (Q(state="approved") | Q(pk__in=answered)))
            .annotate(
                shown_text=Case(When(state="approved", then="text")),
                shown_name=Case(When(state="approved", then="name")),
            )
            .select_related("user")
            .only(
                "article_id",
                "parent_id",
                "state",
                "created_at",
                "user__display_name",
                "user__is_staff",
            )
            .order_by("created_at", "pk")
            .fetch_mode(FETCH_RAISE)
        )

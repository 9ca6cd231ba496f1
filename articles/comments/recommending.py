"""Recommending a comment, and deleting the recommendation."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext

from accounts.models import User
from articles.comments.models import Comment, Recommendation
from iria.core.http.rate_limit import count_and_allow

PER_READER: Final = (60, timedelta(minutes=10))
"""Recommendations and deletions of one account."""


class RecommendationError(Exception):
    """The recommendation was not accepted; the text says why."""

    def __init__(self, message: str, *, busy: bool = False) -> None:
        super().__init__(message)
        self.busy = busy


def recommend(comment: Comment, *, by: User) -> None:
    """Saves the recommendation of a reader; a second one changes nothing.

    Raises:
        RecommendationError
    """
    if comment.user_id == by.pk:
        raise RecommendationError(gettext("You cannot recommend your own comment."))
    _limit_rate(by)
    Recommendation.objects.bulk_create(
        [Recommendation(comment=comment, user=by, article_id=comment.article_id)],
        ignore_conflicts=True,
    )


def delete_recommendation(comment: Comment, *, by: User) -> None:
    """Deletes the recommendation of a reader, if there is one.

    Raises:
        RecommendationError
    """
    _limit_rate(by)
    Recommendation.objects.filter(comment=comment, user=by).delete()


def is_recommended(comment: Comment, *, by: User) -> bool:
    return Recommendation.objects.filter(comment=comment, user=by).exists()


def recommended_ids(article_id: int, *, by: User) -> list[int]:
    """The ids of the comments on an article that a reader recommends."""
    mine = Recommendation.objects.filter(user=by, comment__article=article_id)
    return list(mine.values_list("comment_id", flat=True))


def _limit_rate(by: User) -> None:
    limit, per = PER_READER
    if not count_and_allow("recommendations of", str(by.pk), limit=limit, per=per):
        message = gettext("Too many recommendations. Try again in ten minutes.")
        raise RecommendationError(message, busy=True)

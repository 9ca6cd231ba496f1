"""Loads comments with their moderation decisions, and views of articles."""

from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.submission import posting
from articles.editorial.models import Article
from articles.popular import most_read
from articles.popular.models import ArticleViews
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.demo.loading.articles import origin_key
from iria.publication.models import current_publication

MAX_VIEWS: Final = 420
DAYS: Final = 6
"""Views of an article on its best day, and the number of days with views."""


def load(origins: RowOrigins, *, editor: User) -> int:
    return sum(
        origins.create_once(f"comment:{values['key']}", partial(_post, values, origins, editor))
        for values in content.table("comments")["comment"]
    )


def load_views(origins: RowOrigins) -> None:
    """Loads views of the last days: most for the newest articles, and some for old ones."""
    origins.create_once("openings", partial(_views, origins))
    most_read.choose()


def _views(origins: RowOrigins) -> ArticleViews | None:
    today = current_publication().local_date(timezone.now())
    articles = origins.rows(Article).filter(state="published").order_by("-published_at", "-pk")
    rows = [
        ArticleViews(article=article, day=today - timedelta(days=ago), views=views)
        for position, article in enumerate(articles)
        for ago in range(DAYS)
        if (views := (MAX_VIEWS - position * 9 + position % 5 * 60) // (ago + 1)) > 0
    ]
    ArticleViews.objects.bulk_create(rows)
    return rows[0] if rows else None


def _post(values: dict[str, Any], origins: RowOrigins, editor: User) -> Comment | None:
    """The comment; None if its article or parent does not exist or accepts no comments."""
    article = origins.row(origin_key(values["article"]), Article)
    if article is None:
        return None
    parent = None
    if "answers" in values:
        parent = origins.row(f"comment:{values['answers']}", Comment)
        if parent is None:
            return None
    try:
        comment = posting.post(
            article,
            name=values["name"],
            email=values.get("email", ""),
            text=values["text"],
            parent=parent,
            by=editor if values.get("by") == "editor" else None,
            at=content.local(values["at"]),
            quiet=True,
        )
    except posting.SubmissionError:
        return None
    _decide(comment, values, editor)
    return comment


def _decide(comment: Comment, values: dict[str, Any], editor: User) -> None:
    match values.get("decision"):
        case "approved":
            decisions.approve(comment, by=editor, quiet=True)
        case "rejected":
            decisions.reject(comment, by=editor, reason=values["reason"], quiet=True)
        case "spam":
            decisions.spam(comment, by=editor)

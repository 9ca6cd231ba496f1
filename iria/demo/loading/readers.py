"""What readers wrote below the articles, and what was decided about it."""

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
from iria.demo.loading.texts import mark_of
from iria.publication.models import current_publication

MOST: Final = 420
DAYS: Final = 6
"""Openings of an article on its best day, and for how long there are any."""


def load(marks: RowOrigins, *, editor: User) -> int:
    return sum(
        marks.create_once(f"comment:{words['key']}", partial(_post, words, marks, editor))
        for words in content.table("comments")["comment"]
    )


def load_openings(marks: RowOrigins) -> None:
    """How often articles were opened in the last days: the newest most, and some old ones still."""
    marks.create_once("openings", partial(_openings, marks))
    most_read.choose()


def _openings(marks: RowOrigins) -> ArticleViews | None:
    today = current_publication().local_date(timezone.now())
    articles = marks.rows(Article).filter(state="published").order_by("-published_at", "-pk")
    rows = [
        ArticleViews(article=article, day=today - timedelta(days=ago), views=views)
        for place, article in enumerate(articles)
        for ago in range(DAYS)
        if (views := (MOST - place * 9 + place % 5 * 60) // (ago + 1)) > 0
    ]
    ArticleViews.objects.bulk_create(rows)
    return rows[0] if rows else None


def _post(words: dict[str, Any], marks: RowOrigins, editor: User) -> Comment | None:
    """The comment; nothing where its article, or what it answers, is gone or takes none."""
    article = marks.row(mark_of(words["article"]), Article)
    if article is None:
        return None
    parent = None
    if "answers" in words:
        parent = marks.row(f"comment:{words['answers']}", Comment)
        if parent is None:
            return None
    try:
        comment = posting.post(
            article,
            name=words["name"],
            email=words.get("email", ""),
            text=words["text"],
            parent=parent,
            by=editor if words.get("by") == "editor" else None,
            at=content.local(words["at"]),
            quiet=True,
        )
    except posting.SubmissionError:
        return None
    _decide(comment, words, editor)
    return comment


def _decide(comment: Comment, words: dict[str, Any], editor: User) -> None:
    match words.get("decision"):
        case "approved":
            decisions.approve(comment, by=editor, quiet=True)
        case "rejected":
            decisions.reject(comment, by=editor, reason=words["reason"], quiet=True)
        case "spam":
            decisions.spam(comment, by=editor)

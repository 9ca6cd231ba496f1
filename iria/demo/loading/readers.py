"""What readers wrote below the articles, and what was decided about it."""

from functools import partial
from typing import Any

from accounts.models import User
from articles.comments import moderation, posting
from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.demo import content
from iria.demo.loading.texts import mark_of
from iria.kit.marks import Marks


def load(marks: Marks, *, editor: User) -> int:
    return sum(
        marks.once(f"comment:{words['key']}", partial(_post, words, marks, editor))
        for words in content.table("comments")["comment"]
    )


def _post(words: dict[str, Any], marks: Marks, editor: User) -> Comment | None:
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
    except posting.Refused:
        return None
    _decide(comment, words, editor)
    return comment


def _decide(comment: Comment, words: dict[str, Any], editor: User) -> None:
    match words.get("decision"):
        case "approved":
            moderation.approve(comment, by=editor, quiet=True)
        case "rejected":
            moderation.reject(comment, by=editor, reason=words["reason"], quiet=True)
        case "spam":
            moderation.spam(comment, by=editor)

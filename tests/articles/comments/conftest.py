"""Fixtures for comments on an article."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article
from tests import commenting, moderation, newsroom

Write = Callable[..., Comment]


@pytest.fixture
def article(db: None) -> Article:
    return newsroom.published("Ferries at the strait")


@pytest.fixture
def write(article: Article, mina: User) -> Write:
    """Submits a comment, approved by Mina; pending with `write("Text", pending=True)`."""

    def write(
        text: str = "I was on that ferry.",
        *,
        name: str = "Teo Brandt",
        pending: bool = False,
        parent: Comment | None = None,
        by: User | None = None,
        on: Article | None = None,
    ) -> Comment:
        comment = commenting.post(
            on or article,
            name=name,
            email="teo@readers.example",
            text=text,
            parent=parent,
            by=by,
        )
        if not pending:
            moderation.approve(comment, by=mina)
        return comment

    return write


@pytest.fixture
def without_minimum_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns off the minimum time between opening and submitting a form."""
    monkeypatch.setattr("articles.comments.submission.form.MIN_AGE", timedelta(0))

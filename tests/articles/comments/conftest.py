"""Below an article: who wrote what, in a line each."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.submission import posting
from articles.editorial.models import Article
from tests import newsroom

Write = Callable[..., Comment]


@pytest.fixture
def article(db: None) -> Article:
    return newsroom.published("Ferries at the strait")


@pytest.fixture
def write(article: Article, mina: User) -> Write:
    """Writes a comment; approved by Mina unless it should wait: `write("Words", waits=True)`."""

    def write(
        text: str = "I was on that ferry.",
        *,
        name: str = "Teo Brandt",
        waits: bool = False,
        parent: Comment | None = None,
        by: User | None = None,
        below: Article | None = None,
    ) -> Comment:
        comment = posting.post(
            below or article,
            name=name,
            email="teo@readers.example",
            text=text,
            parent=parent,
            by=by,
        )
        if not waits:
            decisions.approve(comment, by=mina)
        return comment

    return write


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms are never too quick here; the test of that leaves this out."""
    monkeypatch.setattr("articles.comments.screening.checks.TOO_QUICK", timedelta(0))

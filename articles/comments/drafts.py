"""A comment form as it came in: what was typed, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Self

from django.http import QueryDict

from articles.comments.models import Comment
from articles.editorial.models import Article


@dataclass(slots=True)
class Draft:
    """What somebody typed into the form, kept on every page until it is sent."""

    name: str = ""
    email: str = ""
    text: str = ""
    parent: str = ""
    trap: str = ""
    token: str = ""
    follow: str = ""
    """How soon the writer wants to be told of answers; empty for not."""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_form(cls, form: QueryDict) -> Self:
        return cls(
            name=form.get("name", ""),
            email=form.get("email", ""),
            text=form.get("text", ""),
            parent=form.get("parent", ""),
            trap=form.get("website", ""),
            token=form.get("token", ""),
            follow=form.get("follow", ""),
        )

    def answered(self, article: Article) -> Comment | None:
        """The comment this one answers, whatever its state.

        Raises:
            Comment.DoesNotExist: it is not below this article, or was never there.
        """
        if not self.parent:
            return None
        pk = number(self.parent)
        if pk is None:
            raise Comment.DoesNotExist
        return article.comments.select_related("user").get(pk=pk)


def number(text: str | None) -> int | None:
    """The id in a query or form field, or None where there is none that could exist."""
    if text and text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    return None

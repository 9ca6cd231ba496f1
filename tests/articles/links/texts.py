"""Texts with links, for these tests."""

from typing import Any

from articles.editorial.models import Article
from articles.pages import saving
from articles.pages.models import Page
from tests import newsroom


def linking_to(href: str, *, text: str = "the vote") -> str:
    return f'<p>More about <a href="{href}">{text}</a>.</p>'


def page(path: str = "about", **fields: Any) -> Page:
    row = Page(path=path, **{"title": "About us", "is_published": True, **fields})
    saving.save(row)
    return row


def target() -> Article:
    """A published article that others link to."""
    return newsroom.published("Council votes on mussel farms")

"""Every field of an article is declared as editable or as fixed."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from articles.editorial.admin.article_admin import FIELDSETS
from articles.editorial.admin.form import ArticleForm
from articles.editorial.models import Article, ArticleType
from articles.editorial.models.article import (
    ARTICLE_FIELDS,
    BOOKKEEPING_FIELDS,
    EDITABLE_FIELDS,
    FIXED_FIELDS,
    PUBLICATION_FIELDS,
)
from articles.editorial.versions import drafts
from articles.editorial.versions.content import BLANK, LABELS, fields_of
from tests import newsroom

VALUES: dict[str, Any] = {
    "body": "<p>Changed.</p>",
    "slug": "changed",
    "language": "fr",
    "lead_decorative": True,
    "canonical_url": "https://example.org/changed/",
    "noindex": True,
    "show_updated": False,
    "first_published_url": "https://example.org/first/",
    "licence": "CC BY 4.0",
    "comments_open": False,
    "comments_policy": "held",
    "comments_close_after": 7,
}
"""Of fields that are not plain texts."""


def test_every_field_is_declared_once() -> None:
    declared = (*EDITABLE_FIELDS, *PUBLICATION_FIELDS, *BOOKKEEPING_FIELDS, *FIXED_FIELDS)
    assert sorted(declared) == sorted(field.name for field in Article._meta.concrete_fields)


def test_every_field_is_on_the_form_page_once() -> None:
    fieldsets: list[Any] = list(FIELDSETS)
    shown = [name for _, options in fieldsets for name in options["fields"]]
    assert shown == [each.name_in_form for each in ARTICLE_FIELDS]
    assert set(shown) <= set(ArticleForm.base_fields)


def test_content_has_every_field() -> None:
    content = {*fields_of(Article()), *BLANK}
    assert content == set(LABELS)


@pytest.mark.parametrize("name", EDITABLE_FIELDS)
def test_an_edit_of_any_editable_field_is_saved(name: str, edna: User) -> None:
    article = newsroom.draft()
    choices: dict[str, Callable[[], Any]] = {
        "kind": lambda: ArticleType.objects.exclude(pk=article.kind_id).first(),
        "lead_image": newsroom.picture,
        "social_image": newsroom.picture,
    }
    value = choices[name]() if name in choices else VALUES.get(name, "Changed")
    if name == "first_published_url":
        article.first_published_in = "Elsewhere"
    setattr(article, name, value)
    drafts.save(article, fields_of(article), by=edna)
    assert getattr(Article.objects.get(pk=article.pk), name) == value

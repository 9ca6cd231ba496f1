"""Pages that are stored by row depend on every article whose text they contain."""

import re
from typing import Final

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client

from articles.editorial.models import Article
from articles.editorial.models.article import (
    ROW_SCOPE,
    TEXT_COLUMNS,
    TEXT_SCOPE,
    WHOLE_TEXT_COLUMNS,
)
from iria.core.http.cache_versions import CONTENT, STRUCTURE
from tests.browser.page_urls import public_pages

pytestmark = pytest.mark.django_db

MARKED: Final = {
    each.attname: f" zq{each.attname.replace('_', '')}{{}}zq"
    for each in Article._meta.concrete_fields
    if each.attname in TEXT_COLUMNS and each.get_internal_type() in {"CharField", "TextField"}
} | {"body": "<p>zqbody{}zq</p>"}
"""Every column with text, and a mark that names the article."""
MARK: Final = re.compile(r"zq([a-z]+)(\d+)zq")
WHOLE: Final = {name.replace("_", "") for name in WHOLE_TEXT_COLUMNS}
"""The marks of `WHOLE_TEXT_COLUMNS`."""


def test_pages_by_row_depend_on_each_article_whose_text_they_contain(client: Client) -> None:
    urls = {*public_pages().values()}
    for key in Article.objects.published().values_list("pk", flat=True):
        marks = {name: mark.format(key) for name, mark in MARKED.items()}
        Article.objects.filter(pk=key).update(
            headline=marks.pop("headline").strip(),
            **{name: Concat(F(name), Value(mark)) for name, mark in marks.items()},
        )
    by_row, contained = 0, 0
    for url in sorted(urls):
        response = client.get(url)
        freshness = getattr(response, "freshness", None)
        if freshness is None or STRUCTURE not in freshness.scopes:
            assert freshness is None or CONTENT in freshness.scopes
            continue
        by_row += 1
        found = {
            f"{TEXT_SCOPE if mark in WHOLE else ROW_SCOPE}{key}"
            for mark, key in MARK.findall(response.content.decode())
        }
        contained += len(found)
        assert found <= freshness.scopes, url
    assert by_row > len(urls) / 2
    assert contained > by_row

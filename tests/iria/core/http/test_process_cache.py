"""Parts of every page are cached until something changes."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from articles.editorial.models import Article
from articles.editorial.models.article import ROW_SCOPE, TEXT_SCOPE
from iria.core.http import cache_versions
from iria.core.http.cache_versions import ProcessCache
from iria.publication.models import Publication
from tests import newsroom

pytestmark = pytest.mark.django_db


def test_a_new_name_is_on_the_next_page(client: Client) -> None:
    newsroom.published("Quiet")
    for name in ("The Strait Review", "The Harbour Review"):
        Publication(name=name).save()
        assert name in client.get("/").text


def test_a_new_category_is_in_the_menu_of_the_next_page(client: Client) -> None:
    newsroom.published("Quiet")
    assert "Energy" not in client.get("/corrections/").text
    newsroom.category("Energy")
    assert 'href="/category/energy/"' in client.get("/corrections/").text


def test_the_second_page_needs_no_query_for_name_and_menu(
    client: Client, django_assert_num_queries: Any
) -> None:
    newsroom.published("Quiet")
    client.get("/corrections/")
    with django_assert_num_queries(1):
        client.get("/corrections/")


def test_the_menu_marks_the_current_page(client: Client) -> None:
    newsroom.published("Quiet", categories=[newsroom.category("Energy")])
    link = 'href="/category/energy/" aria-current="page"'
    assert link in client.get("/category/energy/").text
    assert link not in client.get("/").text


def test_private_pages_have_the_same_header_and_footer(client: Client) -> None:
    Publication(name="The Strait Review").save()
    newsroom.category("Energy")
    page = client.get("/accounts/login/").text
    assert "The Strait Review" in page
    assert 'href="/category/energy/"' in page


def test_a_cached_value_belongs_to_the_rows_it_was_computed_from() -> None:
    article = newsroom.published("Quiet")
    cache: ProcessCache[str] = ProcessCache()
    request = HttpRequest()
    request.generation = "1"  # type: ignore[attr-defined]
    for _page in range(2):
        with cache_versions.recording_rows() as rows:
            cache.of(request, "headline", lambda: Article.objects.get(pk=article.pk).headline)
        assert rows == {f"{ROW_SCOPE}{article.pk}", f"{TEXT_SCOPE}{article.pk}"}

"""Caching headers of public pages."""

import pytest
from django.test import Client

from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db

PATHS = ["/", "/category/section-0/", "/tag/topic-1/", "/author/writer-of-article-0-of-0/"]
MORE_PATHS = ["/2026/", "/2026/03/", "/corrections/", "/nowhere/", "/search/?q=article", "/feed/"]


@pytest.mark.parametrize("path", [*PATHS, *MORE_PATHS, "article"])
def test_no_public_page_sets_a_cookie_or_varies_by_one(client: Client, path: str) -> None:
    sample_content.sections(1, 4)
    article = newsroom.published("Quiet")
    client.cookies["sessionid"] = "from-elsewhere"
    response = client.get(article.get_absolute_url() if path == "article" else path)
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "cookie" not in response.headers.get("Vary", "").lower()
    assert "private" not in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", [*PATHS, "/2026/", "/2026/03/", "/corrections/"])
def test_an_unchanged_page_is_answered_with_304(client: Client, path: str) -> None:
    sample_content.sections(1, 4)
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_a_new_comment_changes_the_etag_of_its_page(client: Client) -> None:
    article = newsroom.published("Quiet")
    before = client.get(article.get_absolute_url()).headers["ETag"]
    sample_content.comments(article, 1)
    response = client.get(article.get_absolute_url(), headers={"If-None-Match": before})
    assert response.status_code == 200


def test_a_missing_page_is_not_cached_like_other_pages(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "ETag" not in response.headers

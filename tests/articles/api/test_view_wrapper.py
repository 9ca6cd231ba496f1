"""CORS, caching and the documentation of the API."""

import json

import pytest
from django.test import Client

from articles.editorial.models import Article
from articles.editorial.versions import revisions

pytestmark = pytest.mark.django_db


def test_any_origin_may_read_and_no_cookies_are_sent(client: Client, full_article: Article) -> None:
    response = client.get("/api/v1/articles/", headers={"Origin": "https://elsewhere.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    before = client.options(
        "/api/v1/articles/",
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )
    assert (before.status_code, before.content) == (204, b"")
    assert before.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in before.headers["Access-Control-Allow-Headers"]


def test_a_conditional_request_is_answered_with_304(client: Client, full_article: Article) -> None:
    url = f"/api/v1/articles/{full_article.pk}/"
    first = client.get(url)
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get(url, headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    full_article.headline = "The longer way"
    revisions.save(full_article, by=None)
    changed = client.get(url, headers=tag)
    assert json.loads(changed.content)["headline"] == "The longer way"


def test_a_head_request_is_answered_like_get_without_a_body(
    client: Client, full_article: Article
) -> None:
    response = client.head("/api/v1/articles/")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["ETag"] == client.get("/api/v1/articles/").headers["ETag"]

"""Problem responses of the API (RFC 9457)."""

import json
from typing import Any

import pytest
from django.test import Client

from articles.editorial.models import Article
from tests import newsroom
from tests.articles.api.conftest import SITE, Ask

pytestmark = pytest.mark.django_db


def problem_of(response: Any, status: int, name: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    data: dict[str, Any] = json.loads(response.content)
    assert (data["status"], data["type"]) == (status, f"{SITE}/api/v1/#{name}")
    assert data["title"]
    assert data["detail"].endswith((".", "…")), data["detail"]
    return data


@pytest.mark.parametrize(
    ("query_string", "parameter", "message"),
    [
        ("category=nowhere", "category", "category “nowhere”"),
        ("tag=nothing", "tag", "tag “nothing”"),
        ("author=nobody", "author", "author “nobody”"),
        ("kind=poem", "kind", "Unknown kind"),
        ("language=xx", "language", "language “xx”"),
        ("published_from=2026-02-30", "published_from", "day"),
        ("published_until=yesterday", "published_until", "date"),
        ("published_until=20000", "published_until", "Invalid date"),
        ("changed_since=0", "changed_since", "Invalid date and time"),
        ("published_until=9999-12-31", "published_until", "out of range"),
        ("changed_since=2026-03-04T12:00:00", "changed_since", "timezone"),
        ("changed_since=0001-01-01T00:00:00%2B14:00", "changed_since", "out of range"),
        ("limit=0", "limit", "1"),
        ("limit=101", "limit", "100"),
        ("limit=ten", "limit", "integer"),
        ("order=sideways", "order", "newest"),
        ("fields=id,secrets", "fields", "“secrets”"),
        ("tag=%00", "tag", "NUL"),
        ("facet=1", "facet", "Unknown parameter"),
        ("page=-1", "page", "Unknown parameter"),
        ("q=pilots&order=changed", "order", "relevance"),
    ],
)
def test_an_invalid_parameter_is_named_with_the_reason(
    client: Client, db: None, query_string: str, parameter: str, message: str
) -> None:
    data = problem_of(client.get(f"/api/v1/articles/?{query_string}"), 400, "parameter")
    (error,) = data["errors"]
    assert error["parameter"] == parameter
    assert message in error["detail"]


@pytest.mark.parametrize("message", ["", "the and of", "-", '"', "x" * 10_000, "\x00", "()|&!"])
def test_an_invalid_search_query_gets_an_error_message(
    client: Client, db: None, message: str
) -> None:
    response = client.get("/api/v1/articles/", {"q": message})
    if response.status_code != 200:
        problem_of(response, 400, "search")


def test_a_modified_cursor_is_rejected(client: Client, ask: Ask, full_article: Article) -> None:
    cursor = ask("articles/", limit=1)["next"].rpartition("cursor=")[2]
    bent = [cursor[:-1], cursor[1:], f"{cursor}x", "x", "a.b", ".", "é", "0" * 399, "\x7f"]
    for text in bent:
        response = client.get("/api/v1/articles/", {"limit": 1, "cursor": text})
        problem_of(response, 400, "cursor")
    other = client.get("/api/v1/articles/", {"language": "fr", "cursor": cursor})
    assert "different list" in problem_of(other, 400, "cursor")["detail"]
    problem_of(client.get("/api/v1/comments/", {"cursor": cursor}), 400, "cursor")
    problem_of(client.get("/api/v1/articles/", {"q": "long", "cursor": cursor}), 400, "cursor")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing",
        "articles/x/",
        "articles/0/",
        f"articles/{10**30}/",
        "nothing/",
        "../x",
        "%00",
    ],
)
def test_an_unknown_url_gets_a_problem_response(client: Client, db: None, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    if path:
        problem_of(response, 404, "not-found")
    problem_of(client.get(f"/api/v2/{path}"), 404, "not-found")


@pytest.mark.parametrize(
    "path", ["v1", "v1/articles", "v1/articles/1", "v1/openapi.json", "oembed"]
)
def test_a_url_without_its_final_slash_gets_the_correct_one(
    client: Client, db: None, path: str
) -> None:
    response = client.get(f"/api/{path}?limit=2")
    if path.endswith(".json"):
        assert response.status_code == 400
    else:
        assert (response.status_code, response["Location"]) == (301, f"/api/{path}/?limit=2")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_write_methods_are_not_allowed(client: Client, db: None, method: str) -> None:
    for origin in ({}, {"Origin": "https://elsewhere.example"}):
        response = getattr(client, method)("/api/v1/articles/", headers=origin)
        problem_of(response, 405, "method")
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*;q=0.1", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("", 200),
        ("text/html", 406),
        ("image/png;q=1", 406),
        ("application/json;q=0", 406),
        ("garbage", 406),
        (";;;,,,/", 406),
        ("application/json;q=banana", 200),
        ("text/html;q=nan, */x", 406),
        ("é/\x80" * 500, 406),
    ],
)
def test_an_unsupported_accept_header_is_rejected(
    client: Client, db: None, accept: str, status: int
) -> None:
    response = client.get("/api/v1/articles/", headers={"Accept": accept})
    if status == 200:
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("application/json")
    else:
        problem_of(response, 406, "not-acceptable")


def test_a_response_to_too_many_requests_says_when_to_retry(
    client: Client, db: None, settings: Any
) -> None:
    settings.API_RATE_LIMIT = 2
    first = client.get("/api/v1/tags/")
    client.get("/api/v1/tags/")
    # Responses do not depend on the client, so shared caches may store them.
    assert not {name for name in first.headers if "limit" in name.lower()}
    assert "public" in first.headers["Cache-Control"]
    response = client.get("/api/v1/tags/")
    problem_of(response, 429, "too-many-requests")
    assert response.headers["Retry-After"] == "60"
    assert client.get("/api/v1/tags/", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_server_error_is_a_problem_response_and_is_logged(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from articles.api import articles

    def breaks(*_: Any) -> None:
        raise RuntimeError("broken pipe of a test")

    monkeypatch.setattr(articles, "apply_filters", breaks)
    client.raise_request_exception = False
    data = problem_of(client.get("/api/v1/articles/"), 500, "broken")
    assert "pipe" not in str(data)
    assert "broken pipe of a test" in caplog.text


@pytest.mark.parametrize("query_string", ["tag=secret-topic", "author=secret-author"])
def test_a_tag_used_only_by_drafts_is_unknown(client: Client, db: None, query_string: str) -> None:
    newsroom.draft("Hidden", tags=["Secret topic"], authors=[newsroom.author("Secret author")])
    data = problem_of(client.get(f"/api/v1/articles/?{query_string}"), 400, "parameter")
    assert data["errors"][0]["detail"].startswith("Unknown ")

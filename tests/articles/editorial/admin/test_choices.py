"""Suggestions for categories, authors and tags, and creating them by name."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial import taxonomy
from articles.editorial.admin.choices import MAX_SUGGESTIONS
from articles.editorial.models import Category
from tests import newsroom

pytestmark = pytest.mark.django_db


def url(field: str) -> str:
    return f"/admin/articles/article/choices/{field}/"


def found(client: Client, field: str, query: str) -> list[dict[str, Any]]:
    answer = client.get(url(field), {"q": query})
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def labels(client: Client, field: str, query: str) -> list[str]:
    return [row["label"] for row in found(client, field, query)]


def create(client: Client, field: str, name: str) -> Any:
    return client.post(url(field), {"name": name})


@pytest.fixture
def editor(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


@pytest.fixture
def reporter(client: Client, rui: User) -> Client:
    client.force_login(rui)
    return client


def test_names_are_found_regardless_of_position_accents_and_capitals(editor: Client) -> None:
    for name in ("José Ibáñez", "Ibanez Rey", "Rui Tan"):
        newsroom.author(name)
    assert labels(editor, "authors", "IBANEZ") == ["Ibanez Rey", "José Ibáñez"]
    assert labels(editor, "authors", "ibáñez") == ["Ibanez Rey", "José Ibáñez"]
    assert labels(editor, "authors", "%") == []


def test_the_exact_name_comes_first(editor: Client) -> None:
    for name in ("Law and order", "Law", "Maritime law"):
        Tag.objects.create(name=name)
    assert labels(editor, "tags", "law") == ["Law", "Law and order", "Maritime law"]
    assert [row["exact"] for row in found(editor, "tags", "law")] == [True, False, False]


def test_categories_show_their_path_and_come_in_the_order_of_the_tree(editor: Client) -> None:
    asia = newsroom.category("Asia-Pacific", position=1)
    newsroom.category("Japan", parent=asia)
    newsroom.category("Africa", position=2)
    assert labels(editor, "categories", "") == [
        "Asia-Pacific",
        "Asia-Pacific › Japan",
        "Africa",
    ]
    assert labels(editor, "categories", "jap") == ["Asia-Pacific › Japan"]


def test_only_published_articles_are_counted(editor: Client) -> None:
    ports = newsroom.category("Ports")
    author = newsroom.author("Rui Tan")
    with_all: dict[str, Any] = {"categories": [ports], "authors": [author], "tags": ["ports"]}
    newsroom.published("One", **with_all)
    newsroom.published("Two", **with_all)
    newsroom.draft("Three", **with_all)
    for field, query in (("categories", "ports"), ("authors", "rui"), ("tags", "ports")):
        (row,) = found(editor, field, query)
        assert row["articles"] == 2, field


@pytest.mark.parametrize("field", ["categories", "authors", "tags"])
def test_at_most_ten_rows_are_found_in_two_queries(editor: Client, field: str) -> None:
    for number in range(MAX_SUGGESTIONS + 4):
        newsroom.category(f"Sea {number}")
        newsroom.author(f"Sea {number}")
        Tag.objects.create(name=f"Sea {number}")
    with CaptureQueriesContext(connection) as queries:
        assert len(found(editor, field, "sea")) == MAX_SUGGESTIONS
    tables = [
        *("articles_category", "accounts_authorprofile", "taggit_tag"),
        *("articles_articlecategory", "articles_byline", "articles_articletag"),
    ]
    own = [each for each in queries if any(f'FROM "{name}"' in each["sql"] for name in tables)]
    assert len(own) == 2


def test_an_unknown_field_is_not_found(editor: Client) -> None:
    assert editor.get(url("users")).status_code == 404


def test_only_people_who_edit_articles_get_suggestions(
    client: Client, mina: User, ola: User
) -> None:
    assert client.get(url("tags")).status_code == 302
    client.force_login(ola)
    assert client.get(url("tags")).status_code == 302
    client.force_login(mina)
    answer = client.get(url("authors"))
    assert answer.status_code == 403
    assert "results" not in answer.json()
    assert create(client, "authors", "Rui Tan").status_code == 403
    assert not AuthorProfile.objects.exists()


def test_a_reporter_may_add_tags_only(reporter: Client) -> None:
    may = {
        field: reporter.get(url(field)).json()["may_add"]
        for field in ("categories", "authors", "tags")
    }
    assert may == {"categories": False, "authors": False, "tags": True}
    answer = create(reporter, "categories", "Ports")
    assert answer.status_code == 403
    assert answer.json()["message"]
    assert not Category.objects.exists()


def test_an_editor_creates_a_category_and_an_author(editor: Client, edna: User) -> None:
    answer = create(editor, "categories", "  Ports\n and  Seas ").json()
    category = Category.objects.get()
    assert answer == {
        "id": category.pk,
        "name": "Ports and Seas",
        "label": "Ports and Seas",
        "created": True,
    }
    assert category.path == "ports-and-seas"
    answer = create(editor, "authors", "José Ibáñez").json()
    author = AuthorProfile.objects.get(pk=answer["id"])
    assert (author.name, author.slug) == ("José Ibáñez", "jose-ibanez")
    assert LogEntry.objects.filter(user=edna).count() == 2


def test_a_name_that_exists_gives_the_existing_one(editor: Client) -> None:
    asia = newsroom.category("Asia-Pacific")
    japan = newsroom.category("Japan", parent=asia)
    author = newsroom.author("José Ibáñez")
    answer = create(editor, "categories", "JAPAN").json()
    assert (answer["id"], answer["created"]) == (japan.pk, False)
    assert answer["label"] == "Asia-Pacific › Japan"
    answer = create(editor, "authors", "Jose Ibanez").json()
    assert (answer["id"], answer["created"]) == (author.pk, False)
    assert not LogEntry.objects.exists()


def test_a_slug_that_is_taken_or_reserved_gets_a_number() -> None:
    newsroom.category("Ports", slug="seas")
    assert taxonomy.get_or_create_category("Seas")[0].slug == "seas-2"
    assert taxonomy.get_or_create_category("Feed")[0].slug == "feed-2"
    AuthorProfile.objects.create(name="R. Tan", slug="rui-tan")
    assert taxonomy.get_or_create_author("Rui Tan")[0].slug == "rui-tan-2"
    assert taxonomy.get_or_create_author("Feed")[0].slug == "feed-2"
    assert taxonomy.get_or_create_author("李")[0].slug


@pytest.mark.parametrize("name", ["", "   ", "\x00", "a\x00b", "\x07\x1b", "x" * 300, "\u200b"])
@pytest.mark.parametrize("field", ["categories", "authors"])
def test_a_name_that_cannot_be_used_gets_a_reason(editor: Client, field: str, name: str) -> None:
    answer = create(editor, field, name)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert not Category.objects.exists()
    assert not AuthorProfile.objects.exists()


def test_tags_are_not_created_before_the_article_is_saved(editor: Client) -> None:
    assert create(editor, "tags", "ports").status_code == 405
    assert not Tag.objects.exists()


def test_creating_needs_the_token_of_the_form(edna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(edna)
    assert create(client, "authors", "Rui Tan").status_code == 403
    assert not AuthorProfile.objects.exists()

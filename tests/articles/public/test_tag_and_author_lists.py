"""The archive, tag and author lists, and suggestions for unknown URLs."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from lxml import html as lxml_html
from taggit.models import Tag

from accounts.models import User
from articles.editorial import publishing
from articles.pages.models import Page
from articles.search import indexer
from tests import newsroom

pytestmark = pytest.mark.django_db


def page_text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    (main,) = lxml_html.document_fromstring(response.content.decode()).xpath("//main")
    return " ".join(main.text_content().split())


def test_the_archive_shows_years_and_months_with_counts(client: Client, edna: User) -> None:
    for year, month in ((2025, 1), (2025, 1), (2025, 4), (2024, 12)):
        newsroom.published("Quiet", at=datetime(year, month, 3, tzinfo=UTC))
    unpublished = newsroom.published("Gone", at=datetime(2023, 5, 3, tzinfo=UTC))
    publishing.unpublish(unpublished, by=edna)
    assert "2025 3 January 2 April 1 2024 1 December 1" in page_text(client, "/archive/")
    assert "2023" not in page_text(client, "/archive/")


def test_tags_are_listed_by_initial_with_counts(client: Client) -> None:
    newsroom.published("One", tags=["Éire", "elections"])
    newsroom.published("Two", tags=["elections", "مياه"])
    newsroom.draft("Draft", tags=["secret"])
    page = page_text(client, "/tag/")
    assert "Éire 1" in page
    assert "elections 2" in page
    assert "مياه 1" in page
    assert "secret" not in page
    letters = lxml_html.document_fromstring(client.get("/tag/").content.decode())
    assert letters.xpath("//section/@aria-label") == ["E", "م"]


def test_authors_are_listed_with_role_and_count(client: Client, edna: User) -> None:
    ines, nobody = newsroom.author("Ines Faro"), newsroom.author("Nobody Yet")
    ines.role = "Senior fellow"
    ines.save()
    newsroom.published("One", authors=[ines])
    newsroom.published("Two", authors=[ines])
    newsroom.draft("Draft", authors=[nobody])
    page = page_text(client, "/author/")
    assert "Ines Faro Senior fellow 2 articles" in page
    assert "Nobody Yet" not in page


@pytest.mark.parametrize("path", ["/archive/", "/tag/", "/author/"])
def test_the_number_of_queries_of_a_list_is_limited(
    client: Client, django_assert_max_num_queries: Any, path: str
) -> None:
    for number in range(12):
        author = newsroom.author(f"Author {number}")
        newsroom.published(f"Article {number}", authors=[author], tags=[f"topic {number}"])
    with django_assert_max_num_queries(9):
        assert client.get(path).status_code == 200


def test_an_unknown_article_url_suggests_similar_articles(client: Client) -> None:
    moved = newsroom.published("Ferries of the strait", at=datetime(2025, 3, 3, tzinfo=UTC))
    newsroom.published("Barges on the river")
    indexer.reindex()
    by_slug = page_text(client, "/2024/11/ferries-of-the-strait/", 404)
    assert "Did you mean" in by_slug
    assert moved.headline in by_slug
    by_words = page_text(client, "/blog/2019/barges.html", 404)
    assert "Barges on the river" in by_words.partition("Did you mean")[2]
    assert 'value="barges"' in client.get("/blog/2019/barges.html").content.decode()


@pytest.mark.parametrize(
    ("path", "name", "url"),
    [
        ("/category/Asia-Pacific/", "Asia-Pacific", "/category/world/asia-pacific/"),
        ("/categry/asia-pacfic/", "Asia-Pacific", "/category/world/asia-pacific/"),
        ("/tag/CEREALES/", "Céréales", "/tag/céréales/"),
        ("/tag/cereale.html", "Céréales", "/tag/céréales/"),
        ("/author/ines-farro/feed/", "Ines Faro", "/author/ines-faro/"),
        ("/about-us/", "About", "/house/about/"),
        ("/abot/", "About", "/house/about/"),
    ],
)
def test_an_unknown_url_suggests_a_similar_list_or_page(
    client: Client, path: str, name: str, url: str
) -> None:
    newsroom.category("Asia-Pacific", parent=newsroom.category("World"))
    newsroom.published(
        "About us and them", authors=[newsroom.author("Ines Faro")], tags=["Céréales"]
    )
    Page.objects.create(title="About", path="house/about", is_published=True)
    Page.objects.create(title="About us", path="about-uss", is_published=False)
    Tag.objects.create(name="Cereals", slug="cereals")
    indexer.reindex()
    page = lxml_html.document_fromstring(client.get(path).content.decode())
    meant = page.xpath("//section[@aria-labelledby='suggestions']//a")
    assert [(link.text, unquote(link.get("href"))) for link in meant] == [(name, url)]


def test_a_url_suggests_only_articles_with_all_of_its_words(client: Client) -> None:
    newsroom.published("War over grain", tags=["Ukraine"])
    indexer.reindex()
    page = page_text(client, "/ukraine-war-in-2022/", 404)
    assert "War over grain" in page.partition("Did you mean")[2].partition("Newest")[0]
    assert "Did you mean" not in page_text(client, "/ukraine-elections-in-2022/", 404)


def test_the_search_comes_first_on_an_error_page(client: Client) -> None:
    newsroom.published("Ferries of the strait")
    page = client.get("/2024/11/ferries-of-the-strait/").content.decode().partition("<main")[2]
    assert page.index('id="missing-search"') < page.index('id="suggestions"')


@pytest.mark.parametrize(
    "path", ["/wp-login.php", "/.env", "/%00/", "/" + "a" * 3000 + "/", "/-/", "/1999/99/", "/%ff/"]
)
def test_urls_without_similar_pages_are_not_found(client: Client, path: str) -> None:
    newsroom.published("Barges on the river")
    indexer.reindex()
    assert "Barges on the river" in page_text(client, path, 404).partition("Newest articles")[2]

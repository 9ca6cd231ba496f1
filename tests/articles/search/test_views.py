"""The search page."""

from typing import Any

import pytest
from django.test import Client

from articles.search import indexer
from iria.publication.models import Publication
from tests import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def barges(db: None) -> None:
    category = newsroom.category("Rivers")
    for number in range(12):
        article = newsroom.published(f"Barge {number}", categories=[category])
        indexer.index_article(article.pk)


def get(client: Client, **query: Any) -> tuple[int, str]:
    response = client.get("/search/", query)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    return response.status_code, response.content.decode()


def test_the_page_without_a_query_has_only_the_form(client: Client) -> None:
    status, page = get(client)
    assert status == 200
    assert 'name="q"' in page
    assert "No results" not in page
    assert '/search/">' in page.split('rel="canonical"')[1].split("\n")[0]


def test_results_have_type_category_date_and_snippet(client: Client, barges: None) -> None:
    status, page = get(client, q="barge ferries")
    assert status == 200
    assert "12 results" in page
    assert "Page 1 of 2" in page
    assert "News" in page
    assert 'href="/category/rivers/"' in page
    assert "<time" in page
    assert "<mark>ferries</mark>" in page


def test_the_next_page_is_a_link(client: Client, barges: None) -> None:
    _, first = get(client, q='"barge"')
    assert "?q=%22barge%22&amp;page=2" in first
    _, second = get(client, q='"barge"', page=2)
    assert "Page 2 of 2" in second
    assert second.count("<article") == 2
    assert 'rel="prev"' in second


def test_the_page_without_results_has_suggestions(client: Client, barges: None) -> None:
    status, page = get(client, q="zeppelin")
    assert status == 200
    assert "No results" in page
    assert "Check the spelling" in page


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"q": "x" * 10_000}, 400, "10,000 characters"),
        ({"q": "bar\0ge"}, 400, "NUL character"),
        ({"q": "the and of"}, 400, "too common"),
        ({"q": "-barge"}, 400, "to search for as well as"),
        ({"q": "barge", "page": "-1"}, 404, "does not exist"),
        ({"q": "barge", "page": str(10**9)}, 404, "only 2 pages"),
        ({"q": "barge", "page": "last"}, 404, "does not exist"),
    ],
)
def test_bad_input_shows_an_error_and_keeps_the_query(
    client: Client, barges: None, query: dict[str, str], status: int, error: str
) -> None:
    actual, page = get(client, **query)
    assert actual == status
    assert error in page
    assert f'value="{query["q"]}"' in page


def test_markup_in_a_query_is_escaped(client: Client, barges: None) -> None:
    _, page = get(client, q='"><script>alert(1)</script>')
    assert "<script>alert" not in page


def test_the_page_takes_a_limited_number_of_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    def barge(number: int) -> None:
        image = newsroom.picture()
        article = newsroom.published(
            f"Barge {number}",
            categories=[newsroom.category(f"River {number}")],
            authors=[newsroom.author(f"Author {number}")],
            tags=[f"Weir {number}"],
            lead_image=image,
            body=f'<figure data-image="{image.pk}"><figcaption>A lock</figcaption></figure>',
        )
        indexer.index_article(article.pk)

    Publication(name="Meridian").save()
    for number in range(2):
        barge(number)
    # The first request of a day creates the daily key.
    client.get("/search/?q=barge+lock+weir")
    with django_assert_max_num_queries(22):
        client.get("/search/?q=barge+lock+weir")
    for number in range(2, 12):
        barge(number)
    with django_assert_max_num_queries(22):
        page = client.get("/search/?q=barge+lock+weir").content.decode()
    assert "12 results" in page
    assert page.count("Caption") == 10


def test_a_filtered_search_links_to_its_feed(client: Client, barges: None) -> None:
    _, page = get(client, q="barge", kind="news", sort="newest")
    assert '/search/feed/?q=barge&amp;kind=news"' in page

"""Synonyms and pinned results."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from articles.search import indexer
from articles.search.engine import expand_synonyms, search_articles
from articles.search.models import PinnedQuery, PinnedResult, Synonyms
from tests import newsroom

pytestmark = pytest.mark.django_db


def indexed(headline: str, **fields: Any) -> Article:
    article = newsroom.published(headline, **fields)
    indexer.index_article(article.pk)
    return article


def headlines(query: str) -> list[str]:
    return [found.article.headline for found in search_articles(query).hits]


def pin(query: str, *articles: Article) -> None:
    pinned_query = PinnedQuery.objects.create(query=query)
    for position, article in enumerate(articles):
        PinnedResult.objects.create(query=pinned_query, article=article, position=position)


def test_a_search_for_a_word_also_finds_its_synonyms() -> None:
    indexed("The European Union votes")
    indexed("Brussels: the EU waits")
    Synonyms.objects.create(terms="EU, European Union")
    assert set(headlines("eu")) == {"The European Union votes", "Brussels: the EU waits"}
    assert set(headlines("european union")) >= {"Brussels: the EU waits"}
    (found,) = [each for each in search_articles("eu").hits if "European" in each.article.headline]
    assert found


def test_synonyms_replace_the_phrase_in_the_query() -> None:
    Synonyms.objects.create(terms="EU, European Union")
    assert expand_synonyms("Trade of the eu") == [
        "Trade of the eu",
        'Trade of the "European Union"',
    ]
    assert expand_synonyms("european  UNION trade")[1] == "EU trade"


@pytest.mark.parametrize("query", ['"EU"', "trade -EU", '"the EU votes"', "neutral", "- OR |"])
def test_quoted_and_excluded_words_are_not_replaced(query: str) -> None:
    Synonyms.objects.create(terms="EU, European Union")
    assert expand_synonyms(query) == [query]


@pytest.mark.parametrize("terms", ["EU", "EU, eu", ", ,", "a, one two three four five", "a, " * 13])
def test_invalid_synonyms_are_an_error(terms: str) -> None:
    with pytest.raises(ValidationError):
        Synonyms(terms=terms).full_clean()


def test_a_pinned_article_is_first_once_and_marked(client: Client) -> None:
    guide = indexed("How to read us")
    indexed("Tariffs and tariffs")
    about = indexed("Tariffs")
    pin("“Tariffs”", guide, about)
    assert headlines("TARIFFS") == ["How to read us", "Tariffs", "Tariffs and tariffs"]
    assert search_articles("tariffs").total == 3
    page = client.get("/search/?q=tariffs").content.decode()
    assert page.count("Editors’ pick") == 2
    assert "How to read us" not in headlines("tariffs ports")
    newest = client.get("/search/?q=tariffs&sort=newest").content.decode()
    assert "Editors’ pick" not in newest


def test_an_unpublished_pinned_article_is_not_shown() -> None:
    pin("tariffs", newsroom.draft("Not yet"))
    indexed("Tariffs")
    assert headlines("tariffs") == ["Tariffs"]


def test_a_pinned_article_is_shown_without_other_results() -> None:
    indexed("Anything")
    pin("opening hours", indexed("Contact and hours"))
    assert "Contact and hours" in headlines("opening hours")


def test_editors_manage_synonyms_and_pins_reporters_do_not(
    client: Client, edna: User, rui: User
) -> None:
    article = indexed("Tariffs explained")
    client.force_login(edna)
    client.post("/admin/articles/synonyms/add/", {"terms": "EU, European Union"})
    assert Synonyms.objects.get().modified_by == edna
    response = client.post(
        "/admin/articles/pinnedquery/add/",
        {
            "query": "tariffs",
            "results-TOTAL_FORMS": 1,
            "results-INITIAL_FORMS": 0,
            "results-0-article": article.pk,
            "results-0-position": 0,
        },
    )
    assert response.status_code == 302
    assert PinnedQuery.objects.get().modified_by == edna
    again = client.post(
        "/admin/articles/pinnedquery/add/",
        {"query": "“TARIFFS”", "results-TOTAL_FORMS": 0, "results-INITIAL_FORMS": 0},
    )
    assert again.context["errors"]
    assert PinnedQuery.objects.count() == 1
    client.force_login(rui)
    assert client.get("/admin/articles/synonyms/").status_code == 403
    assert client.get("/admin/articles/pinnedquery/").status_code == 403


def test_a_changed_pin_changes_the_etag(client: Client) -> None:
    article = indexed("Tariffs explained")
    before = client.get("/search/?q=hours").headers["ETag"]
    pin("hours", article)
    assert client.get("/search/?q=hours").headers["ETag"] != before


def test_a_pinned_query_that_is_too_long_without_accents_is_an_error() -> None:
    query = PinnedQuery(query="한국" * 50)
    with pytest.raises(ValidationError):
        query.clean()

"""What editors say about searching: words that mean the same, and what stands first."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from articles.search.index import indexer
from articles.search.models import PinnedQuery, PinnedResult, Synonyms
from articles.search.query.synonyms import expand_synonyms
from articles.search.ranking.engine import search_articles
from tests import newsroom

pytestmark = pytest.mark.django_db


def indexed(headline: str, **fields: Any) -> Article:
    article = newsroom.published(headline, **fields)
    indexer.index_article(article.pk)
    return article


def headlines(words: str) -> list[str]:
    return [found.article.headline for found in search_articles(words).hits]


def pin(words: str, *articles: Article) -> None:
    query = PinnedQuery.objects.create(query=words)
    for position, article in enumerate(articles):
        PinnedResult.objects.create(query=query, article=article, position=position)


def test_whoever_searches_for_one_word_finds_its_synonyms_too() -> None:
    indexed("The European Union votes")
    indexed("Brussels: the EU waits")
    Synonyms.objects.create(terms="EU, European Union")
    assert set(headlines("eu")) == {"The European Union votes", "Brussels: the EU waits"}
    assert set(headlines("european union")) >= {"Brussels: the EU waits"}
    (found,) = [each for each in search_articles("eu").hits if "European" in each.article.headline]
    assert found


def test_synonyms_are_put_in_place_of_the_phrase_that_was_typed() -> None:
    Synonyms.objects.create(terms="EU, European Union")
    assert expand_synonyms("Trade of the eu") == [
        "Trade of the eu",
        'Trade of the "European Union"',
    ]
    assert expand_synonyms("european  UNION trade")[1] == "EU trade"


@pytest.mark.parametrize("words", ['"EU"', "trade -EU", '"the EU votes"', "neutral", "- OR |"])
def test_quotes_and_minus_are_meant_literally(words: str) -> None:
    Synonyms.objects.create(terms="EU, European Union")
    assert expand_synonyms(words) == [words]


@pytest.mark.parametrize("words", ["EU", "EU, eu", ", ,", "a, one two three four five", "a, " * 13])
def test_synonyms_that_are_none_are_refused_in_words(words: str) -> None:
    with pytest.raises(ValidationError):
        Synonyms(terms=words).full_clean()


def test_a_pinned_article_stands_first_once_and_says_so(client: Client) -> None:
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


def test_a_pinned_article_that_is_withdrawn_is_not_shown() -> None:
    pin("tariffs", newsroom.draft("Not yet"))
    indexed("Tariffs")
    assert headlines("tariffs") == ["Tariffs"]


def test_a_pin_shows_even_where_nothing_else_is_found() -> None:
    indexed("Anything")
    pin("opening hours", indexed("Contact and hours"))
    assert "Contact and hours" in headlines("opening hours")


def test_an_editor_writes_synonyms_and_pins_and_a_reporter_does_not(
    client: Client, edna: User, rui: User
) -> None:
    article = indexed("Tariffs explained")
    client.force_login(edna)
    client.post("/admin/articles/synonyms/add/", {"terms": "EU, European Union"})
    assert Synonyms.objects.get().modified_by == edna
    answer = client.post(
        "/admin/articles/pinnedquery/add/",
        {
            "query": "tariffs",
            "results-TOTAL_FORMS": 1,
            "results-INITIAL_FORMS": 0,
            "results-0-article": article.pk,
            "results-0-position": 0,
        },
    )
    assert answer.status_code == 302
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


def test_a_page_somebody_holds_is_old_once_a_pin_changes(client: Client) -> None:
    article = indexed("Tariffs explained")
    before = client.get("/search/?q=hours").headers["ETag"]
    pin("hours", article)
    assert client.get("/search/?q=hours").headers["ETag"] != before

"""Corrections are suggested, and applied if there are no results.

Facets, filters and the order of results.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from articles.editorial.models import Article, ArticleType
from articles.search import indexer
from articles.search.engine import search_articles
from articles.search.models import QueryCount
from articles.search.query import Sort
from articles.search.results import Facet, InvalidFilter, SearchRequest, build_facets, parse_request
from tests import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def correct(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Sets the correction of a word: `correct("brage", "barge")`."""

    def correct(typed: str, correction: str) -> None:
        corrections = {typed: correction}
        monkeypatch.setattr("articles.search.results.correct_spelling", corrections.get)

    indexer.index_article(newsroom.published("The barge and the harbour").pk)
    return correct


def test_a_correction_is_suggested_with_the_results(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("brage harbour", "barge harbour")
    page = client.get("/search/?q=brage+harbour").content.decode()
    assert "1 result" in page
    assert 'Did you mean <a href="/search/?q=barge+harbour">barge harbour</a>?' in page


def test_without_results_the_correction_is_applied_and_named(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("brage", "barge")
    page = client.get("/search/?q=brage").content.decode()
    assert "No results for <q>brage</q>" in page
    assert "<strong>barge</strong>" in page
    assert ">barge</mark> and the harbour</a>" in page
    assert 'value="brage"' in page
    assert QueryCount.objects.get().query == "brage"
    assert "/search/opened/?q=brage" in page


def test_a_correction_without_results_is_only_suggested(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("zepelin", "zeppelin")
    page = client.get("/search/?q=zepelin").content.decode()
    assert "No results" in page
    assert 'href="/search/?q=zeppelin">zeppelin</a>?' in page


def test_a_correction_keeps_the_filters(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("brage harbour", "barge harbour")
    page = client.get("/search/?q=brage+harbour&language=en").content.decode()
    assert 'href="/search/?q=barge+harbour&amp;language=en"' in page


def indexed(headline: str, year: int, **fields: Any) -> Article:
    article = newsroom.published(headline, at=datetime(year, 5, 4, 9, tzinfo=UTC), **fields)
    indexer.index_article(article.pk)
    return article


@pytest.fixture
def fleet() -> None:
    """Five articles about barges: in Asia, in Japan below it, on rivers; by two authors."""
    asia = newsroom.category("Asia")
    japan = newsroom.category("Japan", parent=asia)
    rivers = newsroom.category("Rivers")
    ines, hugo = newsroom.author("Ines Faro"), newsroom.author("Hugo Lind")
    analysis = ArticleType.objects.get(slug="analysis")
    indexed("Barge one", 2021, categories=[asia], authors=[ines])
    indexed("Barge two", 2022, categories=[japan, asia], authors=[ines, hugo])
    indexed("Barge three", 2022, categories=[japan, rivers], authors=[hugo], kind=analysis)
    indexed("Barge four", 2024, categories=[rivers], authors=[hugo])
    indexed("Barge fünf", 2025, categories=[rivers], language="de")


def facet(request: SearchRequest, key: str) -> Facet | None:
    matched = search_articles(request.text, filters=request.filters).matched
    return next((each for each in build_facets(matched, request) if each.key == key), None)


def counts(request: SearchRequest, key: str) -> dict[str, int]:
    found = facet(request, key)
    return {choice.name: choice.count for choice in found.choices} if found else {}


def headlines(**parameters: str) -> list[str]:
    request = parse_request({"q": "barge", **parameters})
    found = search_articles(request.text, filters=request.filters, sort=request.sort)
    return [each.article.headline for each in found.hits]


def test_every_facet_counts_all_results(fleet: None) -> None:
    request = SearchRequest("barge")
    assert counts(request, "category") == {"Asia": 3, "Rivers": 3}
    assert counts(request, "author") == {"Hugo Lind": 3, "Ines Faro": 2}
    assert counts(request, "year") == {"2025": 1, "2024": 1, "2022": 2, "2021": 1}
    assert counts(request, "kind") == {"News": 4, "Analysis": 1}
    assert counts(request, "language") == {"English": 4, "German": 1}


def test_a_count_equals_the_results_of_the_choice(fleet: None) -> None:
    for each in build_facets(search_articles("barge").matched, SearchRequest("barge")):
        for choice in each.choices:
            page = Client().get(choice.url).content.decode()
            assert f"{choice.count} result" in page, choice


def test_a_chosen_category_includes_and_offers_its_children(fleet: None) -> None:
    assert set(headlines(category="asia")) == {"Barge one", "Barge two", "Barge three"}
    request = parse_request({"q": "barge", "category": "asia"})
    assert counts(request, "category") == {"Japan": 2}
    found = facet(request, "category")
    assert found
    assert found.chosen == "Asia"
    assert found.remove_url == "/search/?q=barge"


def test_filters_are_combined(fleet: None) -> None:
    assert headlines(category="asia/japan", author="hugo-lind", kind="analysis") == ["Barge three"]
    assert headlines(year="2022", language="de") == []
    assert headlines(language="de") == ["Barge fünf"]


def test_a_facet_with_one_choice_for_all_results_is_not_shown(fleet: None) -> None:
    assert facet(parse_request({"q": "barge", "year": "2021"}), "language") is None


def test_results_can_be_sorted_by_date(fleet: None) -> None:
    newest = ["Barge fünf", "Barge four", "Barge three", "Barge two", "Barge one"]
    assert headlines(sort="newest") == newest
    assert headlines(sort="oldest") == newest[::-1]
    assert parse_request({"sort": "best"}).sort is Sort.BEST


def test_filters_are_applied_before_the_limit(fleet: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.search.scoring.MAX_RANKED", 2)
    results = search_articles("barge")
    assert results.total == 5
    assert len(results.matched) == 2
    assert results.is_cut
    assert len(headlines(author="hugo-lind")) == 2
    page = Client().get("/search/?q=barge").content.decode()
    assert "Only the best 2 matches" in page


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"category": "nowhere"}, "no category “nowhere”"),
        ({"author": "nobody"}, "no author “nobody”"),
        ({"year": "2026-02-30"}, "“2026-02-30” is not a valid year"),
        ({"year": "0000"}, "not a valid year"),
        ({"year": "٢٠٢٤"}, "not a valid year"),
        ({"kind": "x" * 5000}, "no article type"),
        ({"language": "tlh"}, "no language “tlh”"),
        ({"category": "a\x00b"}, "no category"),
        ({"sort": "random"}, "best, newest or oldest"),
    ],
)
def test_an_unknown_filter_shows_an_error_and_a_link_without_it(
    client: Client, fleet: None, parameters: dict[str, str], error: str
) -> None:
    with pytest.raises(InvalidFilter, match=error):
        parse_request({"q": "barge", **parameters})
    response = client.get("/search/", {"q": "barge", **parameters})
    page = response.content.decode()
    assert response.status_code == 400
    assert error in page
    assert 'value="barge"' in page
    assert 'href="/search/?q=barge">Search without this filter' in page


def test_unknown_parameters_are_ignored(fleet: None) -> None:
    assert len(headlines(colour="red", utm_source="mail")) == 5


def test_without_results_a_link_removes_the_filter(client: Client, fleet: None) -> None:
    page = client.get("/search/?q=barge&year=1999&kind=news").content.decode()
    assert "No results" in page
    assert 'href="/search/?q=barge&amp;kind=news"' in page

"""Quotes, exclusions and filters are correct, also beyond the limits of the search."""

import pytest

from articles.editorial.models import Article, Category
from articles.search import indexer
from articles.search.engine import InvalidQuery, ResultPage, search_articles
from articles.search.query import SearchFilters
from tests import newsroom

pytestmark = pytest.mark.django_db


def indexed(headline: str, body: str = "Words.", language: str = "en") -> None:
    article = newsroom.published(headline, body=f"<p>{body}</p>", language=language)
    indexer.index_article(article.pk)


def headlines(results: ResultPage) -> list[str]:
    return [each.article.headline for each in results.hits]


@pytest.fixture
def river() -> None:
    """Twelve articles on grain and barges; in four of them the two words are consecutive."""
    for number in range(4):
        indexed(f"Grain barge {number}", "The grain barge goes down the river.")
    for number in range(8):
        indexed(f"Lock {number}", "A barge waits; later there is grain.")


def test_an_excluded_word_works_with_read_and_looked_up_lists(
    river: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {f"Grain barge {number}" for number in range(4)}
    assert set(headlines(search_articles("barge -lock"))) == expected
    monkeypatch.setattr("articles.search.posting_lists.LOOKUP_COST", 0)
    assert set(headlines(search_articles("barge -lock"))) == expected
    monkeypatch.setattr("articles.search.posting_lists.LOOKUP_COST", 10)
    monkeypatch.setattr("articles.search.posting_lists.MAX_HASHED_POSTINGS", 0)
    assert set(headlines(search_articles("barge -lock"))) == expected
    assert search_articles("barge -lock").is_exact


@pytest.mark.parametrize("limit", ["MAX_HASHED_POSTINGS", "LOOKUP_COST"])
def test_a_phrase_matches_words_in_their_order(
    river: None, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    for _ in range(2):
        found = search_articles('"grain barge" river')
        assert set(headlines(found)) == {f"Grain barge {number}" for number in range(4)}
        assert (found.total, found.is_exact) == (4, True)
        assert search_articles('"barge grain"').total == 0
        assert search_articles('"grain barge" OR "barge waits"').total == 12
        assert search_articles('river -"grain barge"').total == 0
        assert search_articles('barge -"grain barge"').total == 8
        assert search_articles('"zeppelin barge"').total == 0
        assert search_articles('"zeppelin barge" OR "grain barge"').total == 4
        monkeypatch.setattr(f"articles.search.posting_lists.{limit}", 0)


def test_beyond_the_limit_the_best_are_checked_and_the_total_is_inexact(
    river: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.search.scoring.MAX_RANKED", 3)
    monkeypatch.setattr("articles.search.scoring.MAX_VECTOR_CHECKS", 6)
    found = search_articles('"grain barge"')
    assert (found.total, found.is_exact) == (3, False)
    assert all(headline.startswith("Grain barge") for headline in headlines(found))
    with pytest.raises(InvalidQuery, match="takes too long"):
        search_articles('"barge grain"')


def test_alternatives_beyond_the_limit_make_the_total_inexact(
    river: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed("A sluice gate")
    monkeypatch.setattr("articles.search.posting_lists.MAX_DRIVER_POSTINGS", 2)
    monkeypatch.setattr("articles.search.scoring.READ_WHOLE", 0)
    found = search_articles('"sluice gate" OR "grain barge"')
    assert headlines(found) == ["A sluice gate"]
    assert not found.is_exact


def test_each_language_has_its_own_required_terms(river: None) -> None:
    indexed("La barge", "La barge descend la rivière.", language="fr")
    assert search_articles('"the barge"').total == 12  # "the" is not a French word
    assert headlines(search_articles('barge -"la barge" -grain -lock')) == []
    assert "La barge" in headlines(search_articles("barge rivière -lock"))


@pytest.mark.parametrize("few", [0, 5_000])
def test_filters_find_all_articles_of_a_section_of_any_size(
    river: None, rivers: Category, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("articles.search.scoring.MAX_LISTED", few)
    within = SearchFilters(category=rivers)
    indexed("Dredger", "A dredger far from every section.")
    assert search_articles("dredger barge", filters=within).total == 2
    assert search_articles('barge -"grain barge"', filters=within).total == 1
    assert search_articles("dredger", filters=within).total == 0


@pytest.fixture
def rivers(river: None) -> Category:
    section = newsroom.category("Rivers")
    below = newsroom.category("Danube", parent=section)
    chosen = Article.objects.filter(headline__in=["Lock 1", "Grain barge 1"]).order_by("headline")
    for article, category in zip(chosen, (section, below), strict=True):
        article.article_categories.create(category=category)
    return section

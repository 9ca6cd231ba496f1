"""The ranking of results."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.search import indexer
from articles.search.engine import ResultPage, search_articles
from tests import newsroom

pytestmark = pytest.mark.django_db


def indexed(headline: str, text: str = "", **fields: Any) -> None:
    body = f"<p>{text or 'Nothing else.'}</p>"
    indexer.index_article(newsroom.published(headline, body=body, **fields).pk)


def order(query: str, **options: Any) -> list[str]:
    return [found.article.headline for found in search_articles(query, **options).hits]


def test_a_short_text_ranks_before_a_long_one() -> None:
    indexed("Long", "A dredger came. " + "Other things happened on other days. " * 30)
    indexed("Short", "A dredger came.")
    assert order("dredger") == ["Short", "Long"]


def test_a_repeated_word_counts_more() -> None:
    indexed("Grain", "Grain, steel.")
    indexed("Steel", "Grain, steel.")
    assert order("grain grain grain steel", recency=0)[0] == "Grain"
    assert order("grain steel steel steel", recency=0)[0] == "Steel"


def test_newer_articles_rank_higher_unless_recency_is_off() -> None:
    now = timezone.now()
    indexed("A dredger today", at=now - timedelta(days=1))
    indexed("A dredger then, a dredger", at=now - timedelta(days=3000))
    indexed("A dredger in spring", at=now - timedelta(days=200))
    without_recency = order("dredger", recency=0)
    assert without_recency[0] == "A dredger then, a dredger"
    assert order("dredger", recency=2)[0] == "A dredger today"


def test_feedback_uses_the_words_of_the_best_articles() -> None:
    for number in range(9):
        indexed(f"Dredger {number}", "A dredger clears silt from the channel, silt and sand.")
    for number in range(9):
        indexed(f"Festival {number}", "A dredger was seen at the festival of lanterns and songs.")
    indexed("Channel", "The channel is full of silt and sand; one dredger is not enough, they say.")
    indexed("Silt", "Silt and sand in the channel.")
    rank = {
        feedback: order("dredger", with_feedback=feedback, size=30).index("Channel")
        for feedback in (True, False)
    }
    assert rank[True] <= rank[False]
    assert "Silt" not in order("dredger", with_feedback=True, size=30)


def test_with_common_words_the_best_is_first_and_the_page_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(12):
        indexed(f"Harbour {number}")
    indexed("A dredger in the harbour")
    indexed("A dredger at sea")
    complete = search_articles("dredger harbour")
    assert (complete.total, complete.is_exact) == (14, True)
    monkeypatch.setattr("articles.search.scoring.READ_WHOLE", 5)
    filled = search_articles("dredger harbour")
    assert [each.article.headline for each in filled.hits][:2] == [
        "A dredger in the harbour",
        "A dredger at sea",
    ]
    assert (filled.total, filled.is_exact) == (14, True)
    monkeypatch.setattr("articles.search.scoring.MIN_FOUND", 2)
    cut: ResultPage = search_articles("dredger harbour")
    assert [each.article.headline for each in cut.hits] == [
        "A dredger in the harbour",
        "A dredger at sea",
    ]
    assert (cut.total, cut.is_exact) == (13, False)
    assert search_articles('dredger "harbour"').total == 13
    assert search_articles('dredger "harbour"').is_exact


def test_a_paragraph_can_be_searched() -> None:
    indexed("A dredger in the harbour")
    paragraph = " ".join(f"word{number}" for number in range(120)) + " dredger"
    assert order(paragraph) == ["A dredger in the harbour"]


def create_french_articles(headline: str) -> None:
    """Creates an article in a language with few articles, in which its words are common."""
    indexed(headline, "Rien de plus.", language="fr")
    for number in range(4):
        indexed(f"{headline} {number}", f"{headline}, encore.", language="fr")


@pytest.mark.parametrize(
    "query",
    [
        "Élections au Bénin",
        "elections au benin",
        "« Élections » au Bénin ?",
        '"Élections au Bénin"',
    ],
)
def test_a_headline_in_another_language_ranks_before_a_mention(query: str) -> None:
    create_french_articles("Élections au Bénin")
    for number in range(30):
        indexed(f"Trade {number}", "Ships and grain.")
    indexed("Press review", "Le Monde ran “Élections au Bénin”, élections au Bénin on its cover.")
    assert order(query)[0] == "Élections au Bénin"


def test_a_headline_of_one_word_ranks_before_a_mention() -> None:
    create_french_articles("Bénin")
    for number in range(30):
        indexed(f"Trade {number}", "Ships and grain.")
    indexed("Press review", "Bénin, Bénin, Bénin.")
    assert order("Bénin")[0] == "Bénin"


def test_a_headline_that_only_begins_with_the_query_is_not_boosted() -> None:
    indexed("A dredger at sea", "Nothing else at all, and a great many words about other things.")
    indexed("Dredger, dredger", "A dredger.")
    assert order("dredger", recency=0)[0] == "Dredger, dredger"

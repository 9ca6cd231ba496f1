"""What related articles have to be better than: the newest, shared tags, BM25 alone."""

from collections import defaultdict
from collections.abc import Callable
from math import log
from typing import Final

from articles.related.document_frequency import word_counts
from articles.related.models import ArticleTerms
from articles.related.stems import HEADLINE_COUNTS
from iria.evaluation.related.test_collection import Collection, Document

K1, B, HEAVIEST = 1.2, 0.75, 20

SHOWN: Final = 8

Ranking = dict[str, list[str]]
"""Article → those it is given, the best first."""


def newest_in_category(collection: Collection) -> Ranking:
    """The newest articles with a common category; of all articles where it has none."""
    categories = {name for document in collection.documents for name in document.categories}
    return _by_shared(
        collection, lambda document: set(document.categories) or categories, counted=False
    )


def shared_tags(collection: Collection) -> Ranking:
    """The articles that share the most tags, the newest of them first."""
    return _by_shared(collection, lambda document: set(document.tags), counted=True)


def _by_shared(
    collection: Collection, marks_of: Callable[[Document], set[str]], *, counted: bool
) -> Ranking:
    marks = {document.id: marks_of(document) for document in collection.documents}
    newest = sorted(collection.documents, key=_moment, reverse=True)
    ranking = {}
    for name, own in marks.items():
        if name not in collection.linked:
            continue
        scores = {
            other.id: len(own & marks[other.id])
            if counted
            else bool(own & marks[other.id] or not own)
            for other in newest
            if other.id != name
        }
        ranking[name] = sorted(scores, key=lambda other: -scores[other])[:SHOWN]
    return ranking


def bm25(collection: Collection, numbers: dict[str, int]) -> Ranking:
    """BM25 of the article's 20 heaviest words by tf·idf, headline and text counting alike."""
    names = {number: name for name, number in numbers.items()}
    texts = {terms.article_id: _plain(terms) for terms in ArticleTerms.objects.iterator()}
    holders: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for article, words in texts.items():
        for word, times in words.items():
            holders[word].append((article, times))
    rarity = {
        word: log(1 + (len(texts) - len(held) + 0.5) / (len(held) + 0.5))
        for word, held in holders.items()
    }
    lengths = {article: sum(words.values()) for article, words in texts.items()}
    mean = sum(lengths.values()) / max(len(lengths), 1) or 1.0
    ranking = {}
    for name in collection.linked:
        own = texts[numbers[name]]
        heavy = sorted(own, key=lambda word: (-own[word] * rarity[word], word))[:HEAVIEST]
        scores: dict[int, float] = defaultdict(float)
        for word in heavy:
            for article, times in holders[word]:
                longer = 1 - B + B * lengths[article] / mean
                scores[article] += rarity[word] * times * (K1 + 1) / (times + K1 * longer)
        scores.pop(numbers[name], None)
        best = sorted(scores, key=lambda article: (-scores[article], article))[:SHOWN]
        ranking[name] = [names[article] for article in best]
    return ranking


def _plain(terms: ArticleTerms) -> dict[int, int]:
    """Every word as often as it stands, the headline's once."""
    words = word_counts(terms.stems)
    for word in terms.headline * (HEADLINE_COUNTS - 1):
        if word:
            words[word] -= 1
    return words


def _moment(document: Document) -> float:
    return document.moment.timestamp() if document.moment else 0.0

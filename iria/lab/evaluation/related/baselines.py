"""Baselines for related articles: the newest, shared tags, BM25 alone."""

from collections import defaultdict
from collections.abc import Callable
from math import log
from typing import Final

from articles.related.models import ArticleTerms
from articles.related.similarity import HEADLINE_COUNTS, word_counts
from iria.lab.evaluation.related.test_collection import Collection, Document

K1, B, QUERY_TERMS = 1.2, 0.75, 20

SHOWN: Final = 8

Ranking = dict[str, list[str]]
"""Article → its related articles, the best first."""


def newest_in_category(collection: Collection) -> Ranking:
    """The newest articles with a common category; of all articles if it has none."""
    categories = {name for document in collection.documents for name in document.categories}
    return _by_shared(
        collection, lambda document: set(document.categories) or categories, by_count=False
    )


def shared_tags(collection: Collection) -> Ranking:
    """The articles that share the most tags, the newest of them first."""
    return _by_shared(collection, lambda document: set(document.tags), by_count=True)


def _by_shared(
    collection: Collection, features_of: Callable[[Document], set[str]], *, by_count: bool
) -> Ranking:
    features = {document.id: features_of(document) for document in collection.documents}
    newest = sorted(collection.documents, key=_moment, reverse=True)
    ranking = {}
    for name, own in features.items():
        if name not in collection.linked:
            continue
        scores = {
            other.id: len(own & features[other.id])
            if by_count
            else bool(own & features[other.id] or not own)
            for other in newest
            if other.id != name
        }
        ranking[name] = sorted(scores, key=lambda other: -scores[other])[:SHOWN]
    return ranking


def bm25(collection: Collection, numbers: dict[str, int]) -> Ranking:
    """BM25 of the article's 20 words with the highest tf·idf; headline and text count the same."""
    names = {number: name for name, number in numbers.items()}
    texts = {terms.article_id: _plain(terms) for terms in ArticleTerms.objects.iterator()}
    postings: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for article, words in texts.items():
        for word, times in words.items():
            postings[word].append((article, times))
    idf = {
        word: log(1 + (len(texts) - len(occurrences) + 0.5) / (len(occurrences) + 0.5))
        for word, occurrences in postings.items()
    }
    lengths = {article: sum(words.values()) for article, words in texts.items()}
    mean = sum(lengths.values()) / max(len(lengths), 1) or 1.0
    ranking = {}
    for name in collection.linked:
        own = texts[numbers[name]]
        terms_by_weight = sorted(own, key=lambda word: (-own[word] * idf[word], word))[:QUERY_TERMS]
        scores: dict[int, float] = defaultdict(float)
        for word in terms_by_weight:
            for article, times in postings[word]:
                length_factor = 1 - B + B * lengths[article] / mean
                scores[article] += idf[word] * times * (K1 + 1) / (times + K1 * length_factor)
        scores.pop(numbers[name], None)
        best = sorted(scores, key=lambda article: (-scores[article], article))[:SHOWN]
        ranking[name] = [names[article] for article in best]
    return ranking


def _plain(terms: ArticleTerms) -> dict[int, int]:
    """Word counts in which the words of the headline count once."""
    words = word_counts(terms.stems)
    for word in terms.headline * (HEADLINE_COUNTS - 1):
        if word:
            words[word] -= 1
    return words


def _moment(document: Document) -> float:
    return document.moment.timestamp() if document.moment else 0.0

"""The similarity of two texts: by words, by word pairs, and by headlines.

Each is the cosine of two tf·idf vectors, between 0 (nothing shared) and 1 (equal).
"""

from collections import Counter
from collections.abc import Iterable
from itertools import chain, pairwise
from math import log, sqrt
from typing import Final

from articles.related.document_frequency import (
    DocumentFrequencies,
    document_frequencies,
    word_counts,
)
from articles.related.models import ArticleTerms
from articles.related.stems import pair_number

Pair = tuple[int, int]

LOG_COUNTS: Final = [0.0, *(1 + log(times) for times in range(1, 2000))]
"""The logarithmic term frequencies by count."""

FULL_LENGTH: Final = 150
"""Texts with fewer words have few pairs, so a shared pair counts less."""


class TextSimilarity:
    """The text of an article, prepared for comparisons."""

    def __init__(self, own: ArticleTerms) -> None:
        words = word_counts(own.stems)
        pairs = {pair: times for pair, times in Counter(pairwise(own.stems)).items() if all(pair)}
        numbers = {pair: pair_number(*pair) for pair in pairs}
        self.frequencies = document_frequencies([*words, *numbers.values()], own.language)
        frequency = self.frequencies.weight
        self.weights = {word: frequency(word, times) for word, times in words.items()}
        pair_weights = {pair: frequency(numbers[pair], times) for pair, times in pairs.items()}
        # The product of the weights in both texts; the document frequency is in both.
        words_norm, pairs_norm = _norm(self.weights), _norm(pair_weights)
        self._words = {
            word: weight * frequency(word) / words_norm for word, weight in self.weights.items()
        }
        self._pairs = {
            pair: weight * frequency(numbers[pair]) / pairs_norm
            for pair, weight in pair_weights.items()
        }
        self._headline = set(own.headline)
        self._pair_factor = min(1.0, words.total() / FULL_LENGTH)

    def parts(self, others: Iterable[ArticleTerms]) -> dict[int, dict[str, float]]:
        """Returns the similarity by words, pairs and headline for each of the others."""
        others = list(others)
        headlines = chain(self._headline, chain.from_iterable(other.headline for other in others))
        frequencies = (
            document_frequencies(set(headlines), others[0].language) if others else self.frequencies
        )
        return {
            other.article_id: {
                "words": sum(self.shared_words(other).values()),
                "pairs": self._pair_factor * sum(self.shared_pairs(other).values()),
                "headline": self._by_headline(other, frequencies),
            }
            for other in others
        }

    def shared_words(self, other: ArticleTerms) -> dict[int, float]:
        """Returns the shared words with their contributions."""
        times = word_counts(other.stems)
        return {
            word: self._words[word] * _log_count(times[word]) / (other.norm or 1)
            for word in self._words.keys() & times.keys()
        }

    def shared_pairs(self, other: ArticleTerms) -> dict[Pair, float]:
        """Returns the shared pairs with their contributions."""
        times = Counter(pairwise(other.stems))
        return {
            pair: self._pairs[pair] * _log_count(times[pair]) / (other.pair_norm or 1)
            for pair in self._pairs.keys() & times.keys()
        }

    def _by_headline(self, other: ArticleTerms, frequencies: DocumentFrequencies) -> float:
        other_headline = set(other.headline)
        shared = self._headline & other_headline - {0}
        if not shared:
            return 0.0
        weights = {
            word: frequencies.weight(word) for word in self._headline | other_headline if word
        }
        norms = _norm({word: weights[word] for word in self._headline if word}) * _norm(
            {word: weights[word] for word in other_headline if word}
        )
        return sum(weights[word] ** 2 for word in shared) / norms


def _norm(weights: dict[int, float] | dict[Pair, float]) -> float:
    return sqrt(sum(weight**2 for weight in weights.values())) or 1.0


def _log_count(times: int) -> float:
    return LOG_COUNTS[times] if times < len(LOG_COUNTS) else LOG_COUNTS[-1]

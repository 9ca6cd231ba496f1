"""How alike two texts are: by their words, by the pairs of words in them, by their headlines.

Each is the cosine of two vectors of tf·idf and lies between 0 (nothing shared) and 1 (the same).
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

TIMES: Final = [0.0, *(1 + log(times) for times in range(1, 2000))]
"""What standing there so often counts."""

LONG_ENOUGH: Final = 150
"""A text of fewer words repeats few pairs: one pair it shares says less."""


class TextSimilarity:
    """An article's text, made ready to be compared with others."""

    def __init__(self, own: ArticleTerms) -> None:
        words = word_counts(own.stems)
        pairs = {pair: times for pair, times in Counter(pairwise(own.stems)).items() if all(pair)}
        numbers = {pair: pair_number(*pair) for pair in pairs}
        self.frequencies = document_frequencies([*words, *numbers.values()], own.language)
        frequency = self.frequencies.weight
        self.weights = {word: frequency(word, times) for word, times in words.items()}
        pair_weights = {pair: frequency(numbers[pair], times) for pair, times in pairs.items()}
        # What a word gives is its weight here times its weight there; its rarity is in both.
        words_norm, pairs_norm = _length(self.weights), _length(pair_weights)
        self._term_counts = {
            word: weight * frequency(word) / words_norm for word, weight in self.weights.items()
        }
        self._pairs = {
            pair: weight * frequency(numbers[pair]) / pairs_norm
            for pair, weight in pair_weights.items()
        }
        self._headline = set(own.headline)
        self._telling = min(1.0, words.total() / LONG_ENOUGH)

    def parts(self, others: Iterable[ArticleTerms]) -> dict[int, dict[str, float]]:
        """How like this one each of the others is: article → words, pairs, headline."""
        others = list(others)
        headlines = chain(self._headline, chain.from_iterable(other.headline for other in others))
        frequencies = (
            document_frequencies(set(headlines), others[0].language) if others else self.frequencies
        )
        return {
            other.article_id: {
                "words": sum(self.shared_words(other).values()),
                "pairs": self._telling * sum(self.shared_pairs(other).values()),
                "headline": self._by_headline(other, frequencies),
            }
            for other in others
        }

    def shared_words(self, other: ArticleTerms) -> dict[int, float]:
        """Each shared word with what it gives."""
        times = word_counts(other.stems)
        return {
            word: self._term_counts[word] * _counts(times[word]) / (other.norm or 1)
            for word in self._term_counts.keys() & times.keys()
        }

    def shared_pairs(self, other: ArticleTerms) -> dict[Pair, float]:
        """Each shared pair of words with what it gives."""
        times = Counter(pairwise(other.stems))
        return {
            pair: self._pairs[pair] * _counts(times[pair]) / (other.pair_norm or 1)
            for pair in self._pairs.keys() & times.keys()
        }

    def _by_headline(self, other: ArticleTerms, frequencies: DocumentFrequencies) -> float:
        theirs = set(other.headline)
        shared = self._headline & theirs - {0}
        if not shared:
            return 0.0
        weights = {word: frequencies.weight(word) for word in self._headline | theirs if word}
        whole = _length({word: weights[word] for word in self._headline if word}) * _length(
            {word: weights[word] for word in theirs if word}
        )
        return sum(weights[word] ** 2 for word in shared) / whole


def _length(weights: dict[int, float] | dict[Pair, float]) -> float:
    return sqrt(sum(weight**2 for weight in weights.values())) or 1.0


def _counts(times: int) -> float:
    return TIMES[times] if times < len(TIMES) else TIMES[-1]

"""The similarity of two texts: by words, by word pairs, and by headlines.

Each is the cosine of two tf·idf vectors, between 0 (nothing shared) and 1 (equal).

The words of published articles are recorded as numbers. PostgreSQL stems them and removes stop words and
accents. The number of a stem is a checksum of stem and language, so no table of numbers is needed, and
concurrent workers get the same number.

Counting the articles with each word and each pair is the expensive part of comparing texts. It is done at
night, on a sample if there are many articles, and whenever the publication has grown by a fifth; until
then a new word counts as rare.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import batched, chain, pairwise
from math import log, sqrt
from typing import Final
from zlib import crc32

from django.db import connection, transaction

from articles.editorial.models import Article
from articles.editorial.rendering import text_of
from articles.editorial.text_search_config import configuration_for, prepare_text, with_names
from articles.related.models import ArticleTerms, DocumentFrequency

MAX_CHARACTERS: Final = 60_000
"""Maximum characters of a text that are compared, some ten thousand words."""

BREAK: Final = 0
"""Marks, in a sequence of numbers, that two words are not consecutive."""

HEADLINE_COUNTS, STANDFIRST_COUNTS = 3, 2
"""How often the words of headline and standfirst count, compared with those of the text."""

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")

STEMS: Final = """
SELECT part, lexeme, positions
FROM unnest(%s::text[]) WITH ORDINALITY AS given (words, part),
    unnest(to_tsvector(%s::text::regconfig, words)) AS stem
WHERE length(lexeme) > 1
"""


def stem_number(language: str, stem: str) -> int:
    """Returns the number of a stem, which fits into `integer` and is never 0."""
    return crc32(f"{language}\0{stem}".encode()) - 2**31 or 1


def pair_number(first: int, second: int) -> int:
    """Returns the number of two consecutive stems, which fits into `bigint`."""
    return (first << 32) | (second & 0xFFFFFFFF)


def record_terms(article: Article) -> None:
    """Records the numbers of an article; `update_norms` sets the norms."""
    article_text = text_of(article)
    parts = [article_text.headline, article_text.standfirst, article_text.text[:MAX_CHARACTERS]]
    headline, standfirst, text = (
        [stem_number(article.language, stem) if stem else BREAK for stem in stems]
        for stems in stems_of(parts, article.language)
    )
    sequence = (
        [*headline, BREAK] * HEADLINE_COUNTS + [*standfirst, BREAK] * STANDFIRST_COUNTS + text
    )
    ArticleTerms.objects.update_or_create(
        article=article,
        defaults={"language": article.language, "headline": headline, "stems": sequence},
    )


def stems_of(parts: list[str], language: str) -> list[list[str]]:
    """Returns the stems of each part in order, with an empty one between words that are not consecutive."""
    prepared = [prepare_text(with_names(UNSTORABLE.sub(" ", part))) for part in parts]
    found: list[list[tuple[int, str]]] = [[] for _ in parts]
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [prepared, configuration_for(language)])
        for part, stem, positions in cursor.fetchall():
            found[part - 1] += [(position, stem) for position in positions]
    return [_sequence(each) for each in found]


def _sequence(found: list[tuple[int, str]]) -> list[str]:
    stems: list[str] = []
    last = 0
    for position, stem in sorted(found):
        if position - last > 1 and stems:
            stems.append("")
        stems.append(stem)
        last = position
    return stems


def delete_terms(article_id: int) -> None:
    """Deletes the numbers of an article."""
    ArticleTerms.objects.filter(article_id=article_id).delete()


SAMPLE_SIZE: Final = 20_000
"""The newest articles, in which words are counted; more would hardly change the logarithms."""

MIN_ARTICLES: Final = 3
"""Words in fewer articles are not stored and count as `DEFAULT_ARTICLES`."""

DEFAULT_ARTICLES: Final = 1.5
GROWTH: Final = 1.2
"""Words of a language are counted again when it has so many times the articles."""

BATCH_SIZE: Final = 200

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('document frequencies'))"

MEMORY: Final = """
SELECT set_config('work_mem', '64MB', true), set_config('enable_hashagg', 'off', true)
"""
"""For one transaction. Hash aggregation of so many values took a hundred times as long as sorting."""

WORDS: Final = """
SELECT DISTINCT word::bigint AS number FROM unnest(stems) AS word WHERE word <> 0
"""

PAIRS: Final = """
SELECT DISTINCT (first::bigint << 32) | (second::bigint & 4294967295) AS number
FROM unnest(stems, stems[2:]) AS pair (first, second) WHERE first <> 0 AND second <> 0
"""

COUNT_NUMBERS: Final = """
WITH sample AS MATERIALIZED (
    SELECT stems FROM articles_articleterms ORDER BY article_id DESC LIMIT %s
)
INSERT INTO articles_documentfrequency (number, articles)
SELECT number, count(*) FROM sample, LATERAL ({}) AS present
GROUP BY number HAVING count(*) >= %s
ON CONFLICT (number) DO NOTHING
"""

COUNT_LANGUAGES: Final = """
SELECT language, count(*) FROM (
    SELECT language FROM articles_articleterms ORDER BY article_id DESC LIMIT %s
) AS sample GROUP BY language
"""


@dataclass(frozen=True, slots=True)
class DocumentFrequencies:
    """The document frequencies of numbers in a language with `articles` articles."""

    articles: int
    counts: Mapping[int, int]

    def weight(self, number: int, times: int = 1) -> float:
        """Returns tf·idf, both logarithmic; above 0 even for words in every article."""
        frequency = log((self.articles + 1) / self.counts.get(number, DEFAULT_ARTICLES))
        return (1 + log(times)) * max(frequency, 0.0)


def update_document_frequencies() -> None:
    """Recomputes the document frequencies of words and pairs; one worker at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute("DELETE FROM articles_documentfrequency")
        cursor.execute(MEMORY)
        for numbers in (WORDS, PAIRS):
            cursor.execute(COUNT_NUMBERS.format(numbers), [SAMPLE_SIZE, MIN_ARTICLES])
        cursor.execute(COUNT_LANGUAGES, [SAMPLE_SIZE])
        DocumentFrequency.objects.bulk_create(
            DocumentFrequency(number=_language_number(language), articles=count)
            for language, count in cursor.fetchall()
        )


def has_outgrown(language: str) -> bool:
    """Whether a language has grown so much that its words need to be counted again."""
    stored = DocumentFrequency.objects.filter(number=_language_number(language)).values_list(
        "articles", flat=True
    )
    before = stored.first() or 0
    return (
        before < SAMPLE_SIZE
        and before * GROWTH <= ArticleTerms.objects.filter(language=language).count()
    )


def document_frequencies(numbers: Iterable[int], language: str) -> DocumentFrequencies:
    """Returns the document frequencies of words and pairs in a language, with one query."""
    language_number = _language_number(language)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, articles FROM articles_documentfrequency WHERE number = ANY(%s::bigint[])",
            [[language_number, *numbers]],
        )
        counts = dict(cursor.fetchall())
    return DocumentFrequencies(counts.pop(language_number, 1), counts)


def update_norms(articles: Iterable[ArticleTerms]) -> None:
    """Updates the norms of the word and pair vectors of articles."""
    for batch in batched(articles, BATCH_SIZE):
        for language in {terms.language for terms in batch}:
            _update_norms([terms for terms in batch if terms.language == language], language)


def _update_norms(articles: list[ArticleTerms], language: str) -> None:
    counts = [(terms, word_counts(terms.stems), pair_counts(terms.stems)) for terms in articles]
    numbers = set(chain.from_iterable(chain(words, pairs) for _, words, pairs in counts))
    frequencies = document_frequencies(numbers, language)
    for terms, words, pairs in counts:
        terms.norm, terms.pair_norm = norm(words, frequencies), norm(pairs, frequencies)
    ArticleTerms.objects.bulk_update(articles, ["norm", "pair_norm"])


def norm(counts: Mapping[int, int], frequencies: DocumentFrequencies) -> float:
    """Returns the norm of the tf·idf vector with these counts."""
    return sqrt(sum(frequencies.weight(number, times) ** 2 for number, times in counts.items()))


def word_counts(sequence: list[int]) -> Counter[int]:
    """Counts the words of a sequence."""
    counts = Counter(sequence)
    counts.pop(BREAK, None)
    return counts


def pair_counts(sequence: list[int]) -> Counter[int]:
    """Counts the pairs of consecutive words of a sequence."""
    counts = Counter(pairwise(sequence))
    return Counter(
        {
            pair_number(first, second): times
            for (first, second), times in counts.items()
            if first and second
        }
    )


def _language_number(language: str) -> int:
    """Returns the number under which the total of articles of a language is stored."""
    return stem_number(language, "")


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
        counts = word_counts(other.stems)
        return {
            word: self._words[word] * _log_count(counts[word]) / (other.norm or 1)
            for word in self._words.keys() & counts.keys()
        }

    def shared_pairs(self, other: ArticleTerms) -> dict[Pair, float]:
        """Returns the shared pairs with their contributions."""
        counts = Counter(pairwise(other.stems))
        return {
            pair: self._pairs[pair] * _log_count(counts[pair]) / (other.pair_norm or 1)
            for pair in self._pairs.keys() & counts.keys()
        }

    def _by_headline(self, other: ArticleTerms, frequencies: DocumentFrequencies) -> float:
        other_headline = set(other.headline)
        shared = self._headline & other_headline - {BREAK}
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

"""Document frequencies of words and word pairs, and the norms of articles.

Counting the articles with each word and each pair is the expensive part of comparing texts. It is done at
night, on a sample if there are many articles, and whenever the publication has grown by a fifth; until
then a new word counts as rare.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import batched, chain, pairwise
from math import log, sqrt
from typing import Final

from django.db import connection, transaction

from articles.related.models import ArticleTerms, DocumentFrequency
from articles.related.stems import BREAK, pair_number, stem_number

SAMPLE: Final = 20_000
"""The newest articles, in which words are counted; more would hardly change the logarithms."""

MIN_ARTICLES: Final = 3
"""Words in fewer articles are not stored and count as `DEFAULT_ARTICLES`."""

DEFAULT_ARTICLES: Final = 1.5
GROWTH: Final = 1.2
BATCH_SIZE: Final = 200

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('how rare words are'))"

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

MEASURE: Final = """
WITH sample AS MATERIALIZED (
    SELECT stems FROM articles_articleterms ORDER BY article_id DESC LIMIT %s
)
INSERT INTO articles_documentfrequency (number, articles)
SELECT number, count(*) FROM sample, LATERAL ({}) AS present
GROUP BY number HAVING count(*) >= %s
ON CONFLICT (number) DO NOTHING
"""

LANGUAGES: Final = """
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
            cursor.execute(MEASURE.format(numbers), [SAMPLE, MIN_ARTICLES])
        cursor.execute(LANGUAGES, [SAMPLE])
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
        before < SAMPLE
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

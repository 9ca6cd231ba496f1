"""How rare a word is, and what an article's words weigh together.

Counting in how many articles each word stands, and each pair of words, is the dear part of comparing
texts. It is done at night, on a sample where there are many articles, and in between whenever the
publication has grown by a fifth; until then a new word is taken for a rare one.
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
"""Articles among which words are counted, the newest; more would change no logarithm."""

LISTED: Final = 3
"""What stands in fewer articles is not listed and counts as `UNLISTED`."""

UNLISTED: Final = 1.5
GROWTH: Final = 1.2
AT_ONCE: Final = 200

ALONE: Final = "SELECT pg_advisory_xact_lock(hashtext('how rare words are'))"

MEMORY: Final = """
SELECT set_config('work_mem', '64MB', true), set_config('enable_hashagg', 'off', true)
"""
"""For one transaction. Sorting is steady; hashing so many unforeseen numbers took a hundred times as long."""

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
    """In how many of `articles` articles of a language each number stands."""

    articles: int
    counts: Mapping[int, int]

    def weight(self, number: int, times: int = 1) -> float:
        """tf·idf, both by their logarithm; above 0 even for what stands everywhere."""
        frequency = log((self.articles + 1) / self.counts.get(number, UNLISTED))
        return (1 + log(times)) * max(frequency, 0.0)


def update_document_frequencies() -> None:
    """Counts anew in how many articles each word and each pair of words stands; one worker at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ALONE)
        cursor.execute("DELETE FROM articles_documentfrequency")
        cursor.execute(MEMORY)
        for numbers in (WORDS, PAIRS):
            cursor.execute(MEASURE.format(numbers), [SAMPLE, LISTED])
        cursor.execute(LANGUAGES, [SAMPLE])
        DocumentFrequency.objects.bulk_create(
            DocumentFrequency(number=_whole(language), articles=count)
            for language, count in cursor.fetchall()
        )


def has_outgrown(language: str) -> bool:
    """Whether a language has grown so much that its words should be counted anew."""
    counted = DocumentFrequency.objects.filter(number=_whole(language)).values_list(
        "articles", flat=True
    )
    before = counted.first() or 0
    return (
        before < SAMPLE
        and before * GROWTH <= ArticleTerms.objects.filter(language=language).count()
    )


def document_frequencies(numbers: Iterable[int], language: str) -> DocumentFrequencies:
    """How rare these words and pairs are in a language, in one query."""
    whole = _whole(language)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, articles FROM articles_documentfrequency WHERE number = ANY(%s::bigint[])",
            [[whole, *numbers]],
        )
        counts = dict(cursor.fetchall())
    return DocumentFrequencies(counts.pop(whole, 1), counts)


def update_norms(articles: Iterable[ArticleTerms]) -> None:
    """Writes how much the words of these articles weigh together, and their pairs."""
    for some in batched(articles, AT_ONCE):
        for language in {terms.language for terms in some}:
            _weigh([terms for terms in some if terms.language == language], language)


def _weigh(articles: list[ArticleTerms], language: str) -> None:
    counted = [(terms, word_counts(terms.stems), pair_counts(terms.stems)) for terms in articles]
    numbers = set(chain.from_iterable(chain(words, pairs) for _, words, pairs in counted))
    frequencies = document_frequencies(numbers, language)
    for terms, words, pairs in counted:
        terms.norm, terms.pair_norm = norm(words, frequencies), norm(pairs, frequencies)
    ArticleTerms.objects.bulk_update(articles, ["norm", "pair_norm"])


def norm(counted: Mapping[int, int], frequencies: DocumentFrequencies) -> float:
    """The length of the vector of these numbers, by how often each stands there."""
    return sqrt(sum(frequencies.weight(number, times) ** 2 for number, times in counted.items()))


def word_counts(sequence: list[int]) -> Counter[int]:
    """How often each word stands in a sequence."""
    counted = Counter(sequence)
    counted.pop(BREAK, None)
    return counted


def pair_counts(sequence: list[int]) -> Counter[int]:
    """How often each two words follow each other in a sequence."""
    counted = Counter(pairwise(sequence))
    return Counter(
        {
            pair_number(first, second): times
            for (first, second), times in counted.items()
            if first and second
        }
    )


def _whole(language: str) -> int:
    """The number under which it is counted how many articles there are."""
    return stem_number(language, "")

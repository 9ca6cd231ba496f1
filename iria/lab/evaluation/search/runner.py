"""Measures the ranking of search on a test collection, with the function of the search page.

The collection is indexed in copies of the site's tables. Only features without meaning for the
ranking are off: recency, since all documents have the same date, and pins and synonyms, of which
the copies contain none. A query is a sentence, so its quotes and dashes are not operators.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Final

from django.db import connection
from django.utils import timezone

from articles.editorial.models import Article, ArticleType
from articles.editorial.text_search_config import configuration_for
from articles.search.engine import MAX_QUERY_LENGTH, InvalidQuery, search_articles
from articles.search.indexer import UNSTORABLE, EntryText, rebuild, write_entries
from iria.core.db.bulk import copy_rows
from iria.lab.evaluation.records import Unreadable
from iria.lab.evaluation.scratch_schema import gather_statistics, scratch_schema
from iria.lab.evaluation.search import test_collection
from iria.lab.evaluation.search.test_collection import Document, Query, Score

OPERATORS: Final = re.compile(r'["“”„‟«»]|(?<!\S)-+')

NO_HEADLINE: Final = "–"
"""For documents without a title, since an article needs a headline."""
MAX_TEXT_LENGTH: Final = 200_000
"""Characters of a document that are indexed: one that is too long would fail the whole batch."""


@dataclass(frozen=True, slots=True)
class Result:
    """Means over all queries with judgements."""

    ndcg: float
    precision: float
    recall: float
    p95: float
    """The 95th percentile of the response time, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    documents: int
    queries: int
    by_default: Result
    with_feedback: Result
    without: Result


def evaluate(folder: Path, language: str) -> Evaluation:
    """Indexes a test collection beside the site's rows and runs all queries with judgements.

    Raises:
        Unreadable: the folder contains no such collection.
    """
    queries, documents = test_collection.queries(folder), test_collection.documents(folder)
    if not queries:
        raise Unreadable("qrels.tsv contains no judgement for any of the queries.")
    with scratch_schema():
        names = _load(documents, language)
        # The default is measured last, with a warm cache as on a running site.
        without = _run_queries(queries, names, with_feedback=False)
        with_feedback = _run_queries(queries, names, with_feedback=True)
        by_default = _run_queries(queries, names, with_feedback=None)
        return Evaluation(
            documents=len(names),
            queries=len(queries),
            by_default=by_default,
            with_feedback=with_feedback,
            without=without,
        )


def _load(documents: Iterable[Document], language: str) -> list[str]:
    """Inserts and indexes the documents; the article with primary key n has the name at index n - 1."""
    kind = ArticleType(pk=1, name="Document", slug="document")
    copy_rows([kind])
    now = timezone.now()
    names: list[str] = []
    entries: list[EntryText] = []

    def articles() -> Iterator[Article]:
        for number, each in enumerate(documents, 1):
            title, text = UNSTORABLE.sub(" ", each.title).strip(), UNSTORABLE.sub(" ", each.text)
            names.append(each.id)
            entries.append(
                _entry(number, configuration_for(language), title, text[:MAX_TEXT_LENGTH])
            )
            yield Article(
                pk=number,
                headline=title[:200] or NO_HEADLINE,
                slug=f"document-{number}",
                kind=kind,
                language=language,
                state=Article.State.PUBLISHED,
                published_at=now,
                year=now.year,
                month=now.month,
            )

    copy_rows(articles())
    write_entries(entries)
    rebuild()
    _analyse_and_vacuum()
    return names


def _entry(number: int, configuration: str, title: str, text: str) -> EntryText:
    return EntryText(
        number,
        configuration,
        title,
        standfirst_and_tags="",
        body=text,
        names_and_captions="",
        snippet_text=text,
    )


def _analyse_and_vacuum() -> None:
    """What autovacuum would do after so many inserts."""
    gather_statistics()
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM pg_temp.articles_searchposting")


def _run_queries(
    queries: Iterable[Query], names: list[str], *, with_feedback: bool | None
) -> Result:
    scores: list[Score] = []
    times: list[float] = []
    for query in queries:
        start = perf_counter()
        try:
            matched = search_articles(
                _without_operators(query.text), recency=0, with_feedback=with_feedback
            ).matched
        except InvalidQuery:
            matched = ()
        times.append((perf_counter() - start) * 1000)
        scores.append(test_collection.score([names[pk - 1] for pk in matched], query.grades))
    return Result(
        ndcg=fmean(each.ndcg for each in scores),
        precision=fmean(each.precision for each in scores),
        recall=fmean(each.recall for each in scores),
        p95=sorted(times)[int(0.95 * (len(times) - 1))],
    )


def _without_operators(text: str) -> str:
    """A query without operators, cut to the maximum length."""
    return OPERATORS.sub(" ", UNSTORABLE.sub(" ", text)).strip()[:MAX_QUERY_LENGTH]

"""How well search ranks, on a judged collection; by the function behind the search page.

The collection is indexed on copies of the site's tables. Only what would say nothing about the
ranking is off: recency, since every document is of the same moment, and pins and synonyms, of which
the copies hold none. A judged query is a sentence, so its quotes and dashes are read as signs.
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
from articles.search.index.bulk import LONGEST as LONGEST_TEXT
from articles.search.index.bulk import rebuild, write_entries
from articles.search.index.indexer import UNSTORABLE, EntryText
from articles.search.ranking.engine import LONGEST, InvalidQuery, search_articles
from iria.core.db.bulk_copy import copy_rows
from iria.core.db.scratch_schema import gather_statistics, scratch_schema
from iria.evaluation.search import test_collection
from iria.evaluation.search.test_collection import Document, Query, Score

OPERATORS: Final = re.compile(r'["“”„‟«»]|(?<!\S)-+')

NO_HEADLINE: Final = "–"
"""An article has a headline; this one says nothing."""


@dataclass(frozen=True, slots=True)
class Result:
    """The mean over all judged queries."""

    ndcg: float
    precision: float
    recall: float
    p95: float
    """Milliseconds within which 95 of 100 queries were answered."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    documents: int
    queries: int
    by_default: Result
    with_feedback: Result
    without: Result


def evaluate(folder: Path, language: str) -> Evaluation:
    """Indexes a judged collection beside the site's own rows and asks it every judged query.

    Raises:
        Unreadable: the folder holds no such collection.
    """
    queries, documents = test_collection.queries(folder), test_collection.documents(folder)
    if not queries:
        sentence = "qrels.tsv contains no judgement for any of the queries."
        raise test_collection.Unreadable(sentence)
    with scratch_schema():
        names = _load(documents, language)
        # What readers get is asked last: a site that runs has read its tables before.
        without = _ask(queries, names, with_feedback=False)
        with_feedback = _ask(queries, names, with_feedback=True)
        by_default = _ask(queries, names, with_feedback=None)
        return Evaluation(
            documents=len(names),
            queries=len(queries),
            by_default=by_default,
            with_feedback=with_feedback,
            without=without,
        )


def _load(documents: Iterable[Document], language: str) -> list[str]:
    """Writes and indexes the documents; the article with the number n is the name n - 1."""
    kind = ArticleType(pk=1, name="Document", slug="document")
    copy_rows([kind])
    now = timezone.now()
    names: list[str] = []
    words: list[EntryText] = []

    def articles() -> Iterator[Article]:
        for number, each in enumerate(documents, 1):
            title, text = UNSTORABLE.sub(" ", each.title).strip(), UNSTORABLE.sub(" ", each.text)
            names.append(each.id)
            words.append(_words(number, configuration_for(language), title, text[:LONGEST_TEXT]))
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
    write_entries(words)
    rebuild()
    _settle()
    return names


def _words(number: int, configuration: str, title: str, text: str) -> EntryText:
    return EntryText(
        number,
        configuration,
        title,
        standfirst_and_tags="",
        body=text,
        names_and_captions="",
        snippet_text=text,
    )


def _settle() -> None:
    """What PostgreSQL does by itself some time after so many rows were written."""
    gather_statistics()
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM pg_temp.articles_searchposting")


def _ask(queries: Iterable[Query], names: list[str], *, with_feedback: bool | None) -> Result:
    scores: list[Score] = []
    times: list[float] = []
    for query in queries:
        start = perf_counter()
        try:
            matched = search_articles(
                _as_words(query.words), recency=0, with_feedback=with_feedback
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


def _as_words(text: str) -> str:
    """A sentence without what would bind, and not longer than a query may be."""
    return OPERATORS.sub(" ", UNSTORABLE.sub(" ", text)).strip()[:LONGEST]

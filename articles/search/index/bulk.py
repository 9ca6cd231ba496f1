"""Indexing many articles at once: for evaluations, load tests and imports of whole archives."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from typing import Final

from django.db import connection, transaction

from articles.search.index.indexer import EntryText
from iria.core.db.bulk_copy import copy_values

LOADING: Final = "search_loading"
COLUMNS: Final = tuple(each.name for each in fields(EntryText))

WRITE: Final = """
INSERT INTO articles_searchentry (article_id, configuration, vector, text, indexed_at)
SELECT article_id, configuration,
    setweight(to_tsvector(configuration::regconfig, headline), 'A') ||
    setweight(to_tsvector(configuration::regconfig, standfirst_and_tags), 'B') ||
    setweight(to_tsvector(configuration::regconfig, body), 'C') ||
    setweight(to_tsvector(configuration::regconfig, names_and_captions), 'D'),
    snippet_text, clock_timestamp()
FROM search_loading AS given
ON CONFLICT (article_id) DO UPDATE SET configuration = excluded.configuration,
    vector = excluded.vector, text = excluded.text, indexed_at = excluded.indexed_at
"""

EMPTY: Final = """
SELECT pg_advisory_xact_lock(1769105761, 1936023923);
SELECT pg_advisory_xact_lock(1769105761, 1936023924);
DELETE FROM articles_searchchange;
TRUNCATE articles_searchposting;
ALTER TABLE articles_searchposting DROP CONSTRAINT articles_searchposting_pkey;
DELETE FROM articles_searchlanguage;
UPDATE articles_searchlexeme SET articles = 0 WHERE articles <> 0;
ANALYZE articles_searchentry
"""
"""The locks are those of `migrations/sql/search_statistics.sql`: nobody else writes entries or adds up."""

LEXEMES: Final = """
INSERT INTO articles_searchlexeme (configuration, word, articles)
SELECT %s, word, ndoc FROM ts_stat(%s) ORDER BY word
ON CONFLICT (configuration, word) DO UPDATE SET articles = excluded.articles
"""

POSTINGS: Final = """
CREATE TEMPORARY TABLE search_length AS
    SELECT article_id, configuration, coalesce(
        (SELECT sum(times::float8) FROM articles_search_terms(vector)), 0) AS length
    FROM articles_searchentry;
INSERT INTO articles_searchlanguage (configuration, articles, length, mean)
    SELECT configuration, count(*), sum(length), greatest(sum(length) / count(*), 1)
    FROM search_length GROUP BY configuration;
ANALYZE search_length, articles_searchlexeme, articles_searchlanguage;
SET LOCAL enable_memoize = off;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_bitmapscan = off;
INSERT INTO articles_searchposting (lexeme_id, article_id, weight)
    SELECT lexeme.id, article_id,
        (0.25 + 2.2 / (1 + 1.2 * (0.25 + 0.75 * entry.length / language.mean) / term.times))::real
    FROM search_length AS entry
    JOIN articles_searchentry USING (article_id, configuration)
    JOIN articles_searchlanguage AS language USING (configuration)
    CROSS JOIN LATERAL articles_search_terms(vector) AS term
    JOIN articles_searchlexeme AS lexeme
        ON lexeme.configuration = entry.configuration AND lexeme.word = term.word;
SET LOCAL enable_memoize = on;
SET LOCAL enable_indexscan = on;
SET LOCAL enable_indexonlyscan = on;
SET LOCAL enable_bitmapscan = on;
ALTER TABLE articles_searchposting ADD PRIMARY KEY (lexeme_id, article_id) INCLUDE (weight);
DROP TABLE search_length
"""
"""Without indexes: the planner expects ten lexemes in a vector, and would look up each of them. The weight
is `articles_search_weight`, which PostgreSQL would call for each row, because it needs `times` twice."""

LONGEST: Final = 200_000
"""Characters of a text that are indexed here: a text that is too long would fail the whole batch."""


def write_entries(entries: Iterable[EntryText]) -> int:
    """Writes entries without their statistics; returns how many. Call `rebuild` afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(f"{name} text" for name in COLUMNS[1:])
        cursor.execute(f"CREATE TEMPORARY TABLE {LOADING} (article_id bigint, {columns})")
        count = copy_values(LOADING, COLUMNS, (astuple(each.prepared()) for each in entries))
        with writing_in_bulk():
            cursor.execute(WRITE)
        cursor.execute(f"DROP TABLE {LOADING}")
    return count


@contextmanager
def writing_in_bulk() -> Iterator[None]:
    """Entries are written without their statistics; call `rebuild` afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL iria.search_in_bulk = 'on'")
        yield
        cursor.execute("SET LOCAL iria.search_in_bulk = 'off'")


def rebuild() -> None:
    """Recreates all statistics from the entries. Blocks indexing meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(EMPTY)
        cursor.execute("SELECT DISTINCT configuration FROM articles_searchentry")
        for (configuration,) in cursor.fetchall():
            entries = (
                f"SELECT vector FROM articles_searchentry WHERE configuration = '{configuration}'"  # noqa: S608
            )
            cursor.execute(LEXEMES, [configuration, entries])
        cursor.execute(POSTINGS)

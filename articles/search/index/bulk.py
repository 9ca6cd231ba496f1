"""Indexing many articles at once: for evaluations, load tests and imports of whole archives."""

from collections.abc import Iterable
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

LONGEST: Final = 200_000
"""Characters of a text that are indexed here: a text that is too long would fail the whole batch."""


def write_entries(entries: Iterable[EntryText]) -> int:
    """Writes entries without their statistics; returns how many. Call `rebuild` afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(f"{name} text" for name in COLUMNS[1:])
        cursor.execute(f"CREATE TEMPORARY TABLE {LOADING} (article_id bigint, {columns})")
        count = copy_values(LOADING, COLUMNS, (astuple(each.prepared()) for each in entries))
        cursor.execute("SET LOCAL iria.search_in_bulk = 'on'")
        cursor.execute(WRITE)
        cursor.execute("SET LOCAL iria.search_in_bulk = 'off'")
        cursor.execute(f"DROP TABLE {LOADING}")
    return count


def rebuild() -> None:
    """Recreates all statistics from the entries. Blocks indexing meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SELECT articles_search_rebuild()")

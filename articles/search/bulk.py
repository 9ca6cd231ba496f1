"""Indexing many articles at once: for evaluations, load tests and imports of whole archives."""

from collections.abc import Iterable
from dataclasses import astuple, fields
from typing import Final

from django.db import connection, transaction

from articles.search.indexing import WRITE, Words
from iria.kit.copying import copy_values

LOADING: Final = "search_loading"
COLUMNS: Final = tuple(each.name for each in fields(Words))

LONGEST: Final = 200_000
"""Characters of a text that are indexed here: one that does not fit would spoil all the others."""


def write_entries(words: Iterable[Words]) -> int:
    """Writes entries without their statistics; returns how many. Call `rebuild` afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(f"{name} text" for name in COLUMNS[1:])
        cursor.execute(f"CREATE TEMPORARY TABLE {LOADING} (article_id bigint, {columns})")
        count = copy_values(LOADING, COLUMNS, (astuple(each) for each in words))
        cursor.execute("SET LOCAL iria.search_in_bulk = 'on'")
        cursor.execute(WRITE.format(given=LOADING))
        cursor.execute("SET LOCAL iria.search_in_bulk = 'off'")
        cursor.execute(f"DROP TABLE {LOADING}")
    return count


def rebuild() -> None:
    """Makes all statistics anew from every entry there is. Nobody else can index meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SELECT articles_search_rebuild()")

"""Inserts a large archive into the tables of an earlier release, without its models."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

import psycopg
from psycopg import sql

TEXTS: Final = 200
"""The number of distinct texts; articles share them, so that loading is fast."""
WORDS: Final = 300
STATES: Final = ("approved", "approved", "approved", "approved", "held", "rejected", "spam")
REPLIES: Final = 0.6
"""The share of comments that are replies."""

ARTICLES = """
INSERT INTO articles_article (
    headline, slug, standfirst, body, language, search_description, lead_caption, comments_open,
    state, published_at, year, month, created_at, changed_at, version, kind_id, canonical_address,
    first_published_address, first_published_in, licence, noindex, comments_policy
)
SELECT 'Report ' || number, 'report-' || number, 'What happened.', texts.text, 'en', '', '', true,
    'published', at, extract(year FROM at), extract(month FROM at), at, at, 1,
    (SELECT min(id) FROM articles_kind), '', '', '', '', false, ''
FROM generate_series(1, %s) AS number
CROSS JOIN LATERAL (SELECT now() - number * interval '40 minutes' AS at) AS moment
JOIN texts ON texts.id = number %% (SELECT count(*) FROM texts)
"""

SEARCH_ENTRIES = """
INSERT INTO articles_searchentry (article_id, configuration, vector, text, indexed_at)
SELECT articles_article.id, 'english', texts.vector, texts.text, now()
FROM articles_article JOIN texts ON texts.text = articles_article.body
"""

DECISIONS = """
INSERT INTO articles_moderation (comment_id, decision, reason, told, made_at)
SELECT id, state, '', true, created_at FROM articles_comment
"""

FLAGS = """
INSERT INTO articles_flag (
    comment_id, reason, words, email, sender, weight, made_at, outcome, reporter, today
)
SELECT id, 'spam', '', '', 'sender', 1, created_at, '', '', '' FROM articles_comment WHERE id % 10 = 0
"""

# Does the work of the triggers for all rows at once.
POSITIONS = """
SELECT articles_thread_lay(array_agg(id), array_agg(DISTINCT article_id)) FROM articles_comment
"""
LISTINGS = "SELECT articles_listing_write_unlocked(array_agg(id)) FROM articles_article"

# The triggers would also write search words and statistics, which takes very long.
QUIET = ("articles_article", "articles_comment", "articles_searchentry", "articles_moderation")


def load(database: psycopg.Connection[Any], *, articles: int, comments: int, threads: int) -> None:
    """Writes articles with their search entries, comments below some of them, decisions and flags.

    Args:
        threads: the number of articles with comments; the first ones get the longest threads.
    """
    for table in QUIET:
        _triggers(database, table, "DISABLE")
    database.execute("CREATE TEMPORARY TABLE texts (id bigint, text text, vector tsvector)")
    with database.cursor().copy("COPY texts (id, text) FROM STDIN") as copy:
        for number, text in enumerate(_texts(Random(1))):
            copy.write_row((number, text))
    database.execute("UPDATE texts SET vector = to_tsvector('english', text)")
    database.execute(ARTICLES, [articles])
    database.execute(SEARCH_ENTRIES)
    first = database.execute("SELECT min(id) FROM articles_article").fetchone()
    assert first is not None
    with database.cursor().copy(
        "COPY articles_comment (id, name, email, text, state, created_at, article_id, parent_id,"
        " findings, featured) FROM STDIN"
    ) as copy:
        for row in _comments(Random(2), comments, threads, first[0]):
            copy.write_row(row)
    database.execute(DECISIONS)
    database.execute(FLAGS)
    database.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    database.execute(POSITIONS)
    database.execute(LISTINGS)
    database.execute(
        "SELECT setval(pg_get_serial_sequence('articles_comment', 'id'), %s)", [comments]
    )
    database.execute("DROP TABLE texts")
    database.commit()  # checks the foreign keys, which would block ALTER TABLE
    for table in QUIET:
        _triggers(database, table, "ENABLE")
    database.commit()
    database.autocommit = True
    database.execute("VACUUM ANALYZE")


def _triggers(database: psycopg.Connection[Any], table: str, action: str) -> None:
    statement = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
    database.execute(statement.format(sql.Identifier(table), sql.SQL(action)))


def _texts(rng: Random) -> Iterator[str]:
    for _ in range(TEXTS):
        words = (f"word{int(20_000 * rng.random() ** 3)}" for _ in range(WORDS))
        yield f"<p>{' '.join(words)}</p>"


def _comments(
    rng: Random, count: int, threads: int, first_article: int
) -> Iterator[tuple[Any, ...]]:
    """Comments by number; a reply has a higher number than its parent."""
    written: list[list[int]] = [[] for _ in range(threads)]
    for number in range(1, count + 1):
        index = int(threads * rng.random() ** 2)
        thread = written[index]
        parent = rng.choice(thread) if thread and rng.random() < REPLIES else None
        thread.append(number)
        yield (
            number,
            f"Reader {number % 5000}",
            "" if number % 3 else f"reader-{number % 5000}@readers.example",
            f"I read part {number} twice, and would like to know more of it. " * (1 + number % 6),
            rng.choice(STATES),
            f"2026-01-01 00:00:00+00:{number % 60:02}",
            first_article + index,
            parent,
            "[]",
            False,
        )

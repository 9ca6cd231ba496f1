"""Keeps the search index up to date, and the statistics for ranking.

An article is indexed in the request that published or changed it, right after the commit. It takes a
few milliseconds, so that editors find it at once, even if the worker is down. On an error the article
stays published, the error is logged, and `catch_up` indexes it later.

A transaction adds to the totals at once if no other one is adding, and otherwise records a change
(`migrations/sql/search_statistics.sql`). Weights are computed with the mean length at the time when the
weights of the language were last written. Once the mean has changed by a tenth, they are written again,
in batches, so that nobody waits for it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from typing import Final

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from articles.editorial.models import Article
from articles.editorial.rendering import ArticleText, text_of
from articles.editorial.text_search_config import configuration_for, prepare_text, with_names
from articles.search.models import SearchEntry
from articles.search.suggestions import record_words
from iria.core.db.bulk import copy_values

MAX_TEXT_LENGTH = 400_000
"""Characters of a text that are indexed. A tsvector holds one megabyte at most."""

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"
"""Rebuilding the statistics blocks indexing. Editors do not wait for it; `catch_up` indexes later."""

TOO_LONG = "54000"
"""PostgreSQL's SQLSTATE for a value beyond one of its limits."""

UNSTORABLE = re.compile("[\x00\ue000\ue001\ud800-\udfff]")
"""Characters that cannot be stored, and two private-use ones that mark matches in snippets."""

READ = """
WITH given AS (
    SELECT %s::bigint, %s::text AS configuration, %s::text AS headline, %s::text AS above,
        %s::text AS body, %s::text AS beside, %s::text
), entry AS MATERIALIZED (
    SELECT configuration, setweight(to_tsvector(configuration::regconfig, headline), 'A') ||
        setweight(to_tsvector(configuration::regconfig, above), 'B') ||
        setweight(to_tsvector(configuration::regconfig, body), 'C') ||
        setweight(to_tsvector(configuration::regconfig, beside), 'D') AS vector
    FROM given
), known AS (
    INSERT INTO articles_searchlexeme (configuration, word, articles)
    SELECT configuration, word, 0 FROM entry, unnest(tsvector_to_array(vector)) AS word
    WHERE NOT EXISTS (
        SELECT FROM articles_searchlexeme AS known
        WHERE known.configuration = entry.configuration AND known.word = word.word)
    ORDER BY word
    ON CONFLICT DO NOTHING
)
SELECT vector::text FROM entry
"""

UPSERT = """
INSERT INTO articles_searchentry (article_id, configuration, vector, text, indexed_at)
VALUES (%s, %s, %s::tsvector, %s, clock_timestamp())
ON CONFLICT (article_id) DO UPDATE SET configuration = excluded.configuration,
    vector = excluded.vector, text = excluded.text, indexed_at = excluded.indexed_at
"""


@dataclass(frozen=True, slots=True)
class EntryText:
    """The texts of an entry, in the order of the columns of the statement."""

    article_id: int
    configuration: str
    headline: str
    standfirst_and_tags: str
    body: str
    names_and_captions: str
    """Captions, credits and bylines."""
    snippet_text: str
    """The original text for snippets."""

    def prepared(self) -> "EntryText":
        """Returns the texts as they are passed to PostgreSQL."""
        return replace(
            self,
            headline=prepare_text(with_names(self.headline)),
            standfirst_and_tags=prepare_text(with_names(self.standfirst_and_tags)),
            body=prepare_text(with_names(self.body)),
            names_and_captions=prepare_text(with_names(self.names_and_captions)),
        )


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """The texts of an article, and the vector made of them."""

    configuration: str
    article_text: ArticleText
    vector: str
    snippet_text: str


def index_article(article_id: int) -> None:
    """Writes the entry of an article, or deletes it if the article is not published.

    The vector is prepared before anything is locked, so that new lexemes are committed at once, and
    concurrent transactions with the same ones do not wait for this article.
    """
    published = Article.objects.published().filter(pk=article_id).for_text()
    unlocked = published.first()
    prepared = _prepare(unlocked) if unlocked else None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK_TIMEOUT)
        # Locked, so that the later of two saves also writes the entry last.
        article = published.select_for_update(no_key=True, of=("self",)).first()
        if article is None:
            _remove(article_id)
        else:
            if prepared is None or not _is_current(article, prepared):
                prepared = _prepare(article)
            _write(article_id, prepared)
    add_up_statistics()


def remove_article(article_id: int) -> None:
    """Removes an article from the index."""
    _remove(article_id)
    add_up_statistics()


def _remove(article_id: int) -> None:
    SearchEntry.objects.filter(article_id=article_id).delete()


def reindex() -> int:
    """Recreates all entries, and deletes those of unpublished articles; returns how many there are."""
    published = Article.objects.published()
    _obsolete_entries().delete()
    return _index_all(published.order_by("pk").values_list("pk", flat=True).iterator())


def catch_up() -> int:
    """Indexes what the receivers missed, such as after a crash or a restored backup; returns how many."""
    _obsolete_entries().delete()
    outdated = Article.objects.published().filter(
        Q(search_entry__isnull=True) | Q(modified_at__gt=F("search_entry__indexed_at"))
    )
    return _index_all(outdated.values_list("pk", flat=True).iterator())


def _obsolete_entries() -> QuerySet[SearchEntry]:
    """Returns the entries of articles that are not published.

    With EXISTS, because NOT IN compares every entry with every article once they do not fit into work_mem.
    """
    published = Article.objects.published().filter(pk=OuterRef("article"))
    return SearchEntry.objects.filter(~Exists(published))


def _index_all(article_ids: Iterator[int]) -> int:
    count = 0
    for article_id in article_ids:
        index_article(article_id)
        count += 1
    return count


def _is_current(article: Article, prepared: PreparedEntry) -> bool:
    """Whether the text is still the one that was prepared."""
    configuration = configuration_for(article.language)
    return (configuration, text_of(article)) == (prepared.configuration, prepared.article_text)


def _prepare(article: Article) -> PreparedEntry:
    """Prepares the vector of an article, and records new words."""
    article_text = text_of(article)
    configuration = configuration_for(article.language)
    length = MAX_TEXT_LENGTH
    while True:
        entry = _truncate(article.pk, configuration, article_text, length).prepared()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(LOCK_TIMEOUT)
                cursor.execute(READ, astuple(entry))
                (vector,) = cursor.fetchone()
        except OperationalError as error:
            # A text of many different words exceeds the limit of a vector; try a shorter part.
            if getattr(error.__cause__, "sqlstate", None) != TOO_LONG or length < 1000:
                raise
            length //= 2
        else:
            texts = (
                entry.headline,
                entry.standfirst_and_tags,
                entry.body,
                entry.names_and_captions,
            )
            record_words(configuration, " ".join(texts))
            return PreparedEntry(configuration, article_text, vector, entry.snippet_text)


def _write(article_id: int, entry: PreparedEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [article_id, entry.configuration, entry.vector, entry.snippet_text])


def _truncate(
    article_id: int, configuration: str, article_text: ArticleText, length: int
) -> EntryText:
    headline, standfirst, text, captions, names, tags = (
        UNSTORABLE.sub(" ", part) for part in astuple(article_text)
    )
    return EntryText(
        article_id=article_id,
        configuration=configuration,
        headline=headline,
        standfirst_and_tags=f"{standfirst}\n{tags}"[:length],
        body=text[:length],
        names_and_captions=f"{captions}\n{names}"[:length],
        snippet_text="\n".join(part for part in (standfirst, text[:length]) if part),
    )


MAX_DRIFT: Final = 0.1
BATCH: Final = 50

HAS_CHANGES: Final = "SELECT EXISTS (SELECT FROM articles_searchchange)"
ADD_UP: Final = "SELECT articles_search_add_up()"

LOCK_STATISTICS: Final = "SELECT pg_advisory_xact_lock(1769105761, 1936023923)"
"""Waits for concurrent indexing, which would use the old mean."""

UPDATE_MEAN: Final = """
UPDATE articles_searchlanguage SET mean = length / articles
WHERE articles > 0 AND length > 0 AND abs(length / articles / mean - 1) > %s
RETURNING configuration
"""

TOUCH_ENTRIES: Final = "UPDATE articles_searchentry SET vector = vector WHERE article_id = ANY(%s)"


def add_up_statistics() -> None:
    """Adds up recorded changes until none are left."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(HAS_CHANGES)
            if not cursor.fetchone()[0]:
                return
            cursor.execute(ADD_UP)
            if not cursor.fetchone()[0]:
                return  # another transaction is adding, and checks again afterwards


def refresh_statistics() -> int:
    """Recomputes the weights of languages whose mean length has changed; returns how many entries."""
    add_up_statistics()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK_STATISTICS)
        cursor.execute(UPDATE_MEAN, [MAX_DRIFT])
        changed = [name for (name,) in cursor.fetchall()]
    entries = SearchEntry.objects.filter(configuration__in=changed).order_by("pk")
    article_ids = list(entries.values_list("pk", flat=True)) if changed else []
    for start in range(0, len(article_ids), BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TOUCH_ENTRIES, [article_ids[start : start + BATCH]])
    return len(article_ids)


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

"""Keeping the index true to the articles.

An article is indexed in the request that published or changed it, right after the commit: it takes
a few milliseconds, an editor who then searches finds what was written, and a worker that is down
leaves search as fresh as the pages. Should it fail, the article stays published, the failure is
logged, and `catch_up` mends it.
"""

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from articles.editorial.models import Article
from articles.editorial.rendering import ArticleText, text_of
from articles.editorial.text_search_config import configuration_for, prepare_text, with_names
from articles.search.index import statistics
from articles.search.models import SearchEntry
from articles.search.results.spelling import record_words

WHOLE = 400_000
"""Characters of a text that are indexed. A tsvector holds one megabyte at most."""

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"
"""While all statistics are made anew nobody indexes; an editor does not wait for that, `catch_up` does."""

TOO_LONG = "54000"
"""PostgreSQL's SQLSTATE for a value beyond one of its limits."""

UNSTORABLE = re.compile("[\x00\ue000\ue001\ud800-\udfff]")
"""What cannot be stored, and the two private signs that mark a match inside an excerpt."""

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
    """What is written of an article, in the order of the statement's columns."""

    article_id: int
    configuration: str
    headline: str
    standfirst_and_tags: str
    """Standfirst and tags."""
    body: str
    names_and_captions: str
    """Captions, credits and bylines."""
    snippet_text: str
    """The text that excerpts are cut from, as it is written."""

    def as_read(self) -> "EntryText":
        """The same words as PostgreSQL should be given them."""
        return replace(
            self,
            headline=prepare_text(with_names(self.headline)),
            standfirst_and_tags=prepare_text(with_names(self.standfirst_and_tags)),
            body=prepare_text(with_names(self.body)),
            names_and_captions=prepare_text(with_names(self.names_and_captions)),
        )


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """An article's words as they were read, and what becomes of them."""

    configuration: str
    words: ArticleText
    vector: str
    snippet_text: str


def index_article(article_id: int) -> None:
    """Writes the entry of an article as it stands now; one that is not published loses its entry.

    Its words are read before anything is locked, so that words which are new to the index are known to
    everybody at once, and nobody who brings the same ones waits until this article is written.
    """
    readable = Article.objects.published().filter(pk=article_id).for_text()
    first = readable.first()
    prepared = _prepared(first) if first else None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK_TIMEOUT)
        # Locked, so that of two savings the later one also writes the entry last.
        article = readable.select_for_update(no_key=True, of=("self",)).first()
        if article is None:
            _remove(article_id)
        else:
            if prepared is None or not _is_current(article, prepared):
                prepared = _prepared(article)
            _write(article_id, prepared)
    statistics.add_up()


def remove_article(article_id: int) -> None:
    """Takes an article out of the index."""
    _remove(article_id)
    statistics.add_up()


def _remove(article_id: int) -> None:
    SearchEntry.objects.filter(article_id=article_id).delete()


def reindex() -> int:
    """Writes every entry anew and drops what is no longer published; returns how many stand."""
    readable = Article.objects.published()
    _unreadable().delete()
    return _index_all(readable.order_by("pk").values_list("pk", flat=True).iterator())


def catch_up() -> int:
    """Indexes what the receivers missed, after a crash or a restored backup; returns how many."""
    _unreadable().delete()
    late = Article.objects.published().filter(
        Q(search_entry__isnull=True) | Q(modified_at__gt=F("search_entry__indexed_at"))
    )
    return _index_all(late.values_list("pk", flat=True).iterator())


def _unreadable() -> QuerySet[SearchEntry]:
    """Entries of articles that readers cannot see any more, or not yet.

    Asked of each by its number: “not in” all articles would compare every entry with every article once
    they no longer fit into the memory of a query.
    """
    readable = Article.objects.published().filter(pk=OuterRef("article"))
    return SearchEntry.objects.filter(~Exists(readable))


def _index_all(article_ids: Iterator[int]) -> int:
    count = 0
    for article_id in article_ids:
        index_article(article_id)
        count += 1
    return count


def _is_current(article: Article, prepared: PreparedEntry) -> bool:
    """Whether the article still says what was prepared."""
    configuration = configuration_for(article.language)
    return (configuration, text_of(article)) == (prepared.configuration, prepared.words)


def _prepared(article: Article) -> PreparedEntry:
    """Has the words of an article read, and makes those known that are new."""
    words = text_of(article)
    configuration = configuration_for(article.language)
    length = WHOLE
    while True:
        written = _cut(article.pk, configuration, words, length).as_read()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(LOCK_TIMEOUT)
                cursor.execute(READ, astuple(written))
                (vector,) = cursor.fetchone()
        except OperationalError as mistake:
            # A text of ever new words fills the megabyte sooner; then less of it must do.
            if getattr(mistake.__cause__, "sqlstate", None) != TOO_LONG or length < 1000:
                raise
            length //= 2
        else:
            texts = (
                written.headline,
                written.standfirst_and_tags,
                written.body,
                written.names_and_captions,
            )
            record_words(configuration, " ".join(texts))
            return PreparedEntry(configuration, words, vector, written.snippet_text)


def _write(article_id: int, entry: PreparedEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [article_id, entry.configuration, entry.vector, entry.snippet_text])


def _cut(article_id: int, configuration: str, words: ArticleText, length: int) -> EntryText:
    headline, standfirst, text, captions, names, tags = (
        UNSTORABLE.sub(" ", part) for part in astuple(words)
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

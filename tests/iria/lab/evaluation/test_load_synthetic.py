"""`load_synthetic` leaves the rows that triggers and the indexer would have written one by one."""

import re
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.db.models import Model, QuerySet

from articles.comments.models import Comment, CommentPosition, CommentSearchVector, ThreadCount
from articles.editorial import listings
from articles.editorial.models import Article, ListingEntry, Scope
from articles.search import indexer
from articles.search.models import (
    SearchEntry,
    SearchLanguage,
    SearchLexeme,
    SearchPosting,
    SearchWord,
)
from iria.core.db.bulk import in_parallel
from iria.lab.management.commands import load_synthetic
from iria.lab.management.commands.load_synthetic import STOPPED
from newsletter.models import Subscriber, Subscription
from tests import newsroom

pytestmark = pytest.mark.django_db
COUNT = 30


def rows(query: "type[Model] | QuerySet[Any]", *columns: str) -> list[tuple[Any, ...]]:
    found = query.all() if isinstance(query, QuerySet) else query._default_manager.all()
    return sorted(found.values_list(*columns), key=str)


def index() -> list[Any]:
    return [
        rows(SearchEntry, "article", "configuration", "vector", "text"),
        rows(SearchLanguage, "configuration", "articles", "length"),
        rows(SearchLexeme.objects.filter(articles__gt=0), "configuration", "word", "articles"),
        rows(SearchPosting, "lexeme__word", "article"),
        rows(SearchWord, "configuration", "word", "lexeme__word"),
    ]


def lists() -> list[Any]:
    listings.add_up()
    return [
        rows(ListingEntry, "article", "scope", "target", "language", "published_at"),
        *(listings.counts_by_language(scope) for scope in Scope),
    ]


def discussions() -> list[Any]:
    columns = ("parent_id", "root_id", "display_parent_id", "level", "readable", "created_at")
    return [
        rows(CommentPosition, "comment_id", "article_id", *columns, "reply_count", "shown"),
        rows(ThreadCount, "article_id", "readable", "top_level_count"),
        rows(CommentSearchVector, "comment_id", "configuration", "vector"),
    ]


def schema() -> set[tuple[str, bool]]:
    """Every index, constraint and trigger, and whether it is in use."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT pg_get_indexdef(oid), indisvalid FROM pg_class JOIN pg_index ON indexrelid = oid
                WHERE relnamespace = 'public'::regnamespace
            UNION SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)), convalidated
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION SELECT pg_get_triggerdef(oid), tgenabled = 'O' FROM pg_trigger WHERE NOT tgisinternal
        """)
        return set(cursor.fetchall())


def test_articles_are_indexed_and_listed_as_if_published_one_by_one() -> None:
    call_command("load_synthetic", articles=COUNT, verbosity=0)
    loaded, indexed, listed = Article.objects.all(), index(), lists()
    assert len(loaded) == Article.objects.published().count() == COUNT
    loaded[0].full_clean()
    loaded.update(state=Article.State.UNPUBLISHED)
    loaded.update(state=Article.State.PUBLISHED)
    assert lists() == listed
    SearchEntry.objects.all().delete()
    assert indexer.reindex() == COUNT
    assert index() == indexed


def test_loaded_articles_come_after_those_that_were_there() -> None:
    first = newsroom.published("A ferry")
    indexer.index_article(first.pk)
    call_command("load_synthetic", articles=1, verbosity=0)
    assert newsroom.published("Another").pk == first.pk + 2
    assert SearchLexeme.objects.get(word="ferri").articles == 1


def test_comments_are_placed_and_searchable_as_if_written_one_by_one() -> None:
    newsroom.published("A ferry")
    newsroom.published("Un port", language="fr")
    for _ in range(2):
        call_command("load_synthetic", comments=COUNT, verbosity=0)
    loaded, derived = list(Comment.objects.order_by("pk")), discussions()
    assert len(loaded) == 2 * COUNT
    loaded[0].full_clean()
    Comment.objects.all().delete()
    Comment.objects.bulk_create(loaded)
    assert discussions() == derived
    assert {"iria_english", "iria_french"} == set(
        CommentSearchVector.objects.values_list("configuration", flat=True)
    )


def test_indexes_constraints_and_triggers_are_as_before() -> None:
    before = schema()
    call_command("load_synthetic", articles=2, comments=2, subscribers=2, verbosity=0)
    assert schema() == before


@pytest.mark.parametrize(
    "options", [[], ["--articles=-1"], ["--comments=many"], ["--seed=99999999999", "--articles=1"]]
)
def test_wrong_amounts_get_a_sentence(options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("load_synthetic", *options)
    assert not Article.objects.exists()


def test_an_interrupted_load_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(load_synthetic, "load_subscribers", interrupt)
    with pytest.raises(CommandError, match=re.escape(STOPPED)):
        call_command("load_synthetic", subscribers=COUNT)


def test_a_job_is_cancelled_when_the_one_beside_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, cancelled = Event(), Event()

    def wait() -> None:
        waiting.set()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(120)")
        except OperationalError:
            cancelled.set()

    def fail() -> None:
        waiting.wait()
        with connection.cursor() as cursor:
            while True:
                cursor.execute("SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(120)'")
                if cursor.rowcount:
                    raise ZeroDivisionError

    monkeypatch.setattr(connections["default"], "in_atomic_block", False)
    with pytest.raises(ZeroDivisionError):
        in_parallel(wait, fail)
    assert cancelled.is_set()


def test_without_articles_there_are_no_comments() -> None:
    call_command("load_synthetic", comments=5, verbosity=0)
    assert not Comment.objects.exists()


def test_loaded_subscribers_get_the_first_newsletter() -> None:
    call_command("load_synthetic", subscribers=COUNT, verbosity=0)
    assert Subscriber.objects.filter(state=Subscriber.State.ACTIVE).count() == COUNT
    Subscriber.objects.all()[0].full_clean()
    Subscription.objects.all()[0].full_clean()
    assert len(set(Subscription.objects.values_list("subscriber", "newsletter"))) == COUNT

"""Comments that are older than the triggers get the positions that the triggers would have given."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.comments.models import Comment, CommentPlace, ThreadCount
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.comments.test_places import check, put

pytestmark = pytest.mark.django_db

add_positions = import_module(
    "articles.migrations.0050_positions_of_earlier_comments"
).add_positions

THREADS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20), st.sampled_from(Comment.State.values)),
    max_size=20,
)


def rows() -> list[list[tuple[Any, ...]]]:
    return [sorted(model.objects.values_list()) for model in (CommentPlace, ThreadCount)]


@given(threads=THREADS, batch=st.integers(1, 40), already=st.integers(0, 40))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_threads_get_the_same_positions_and_counts(
    threads: list[tuple[int, int, str]], batch: int, already: int, db: None
) -> None:
    """Args:
    already: how many comments, or what answers them, have a position from an earlier attempt.
    """
    with transaction.atomic():
        articles = [newsroom.published(name) for name in ("One", "Two")]
        written: dict[int, list[int]] = {article.pk: [] for article in articles}
        for article, above, state in threads:
            known = written[articles[article].pk]
            parent = known[above % len(known)] if known and above % 3 else None
            known.append(put(articles[article], parent=parent, state=state))
        by_the_triggers = rows()
        forget_positions()
        numbers = sorted(each for known in written.values() for each in known)[:already]
        for each in articles:
            lay(each, numbers)
        add_positions(None, SimpleNamespace(connection=connection), batch)
        assert rows() == by_the_triggers
        for each in articles:
            check(each)
        transaction.set_rollback(True)


def lay(article: Article, numbers: list[int]) -> None:
    """What 0038 did at first: one call for each article."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT articles_thread_lay(array_agg(id), ARRAY[%s::bigint]) FROM articles_comment"
            " WHERE article_id = %s AND id = ANY(%s) HAVING count(*) > 0",
            [article.pk, article.pk, numbers],
        )


def forget_positions() -> None:
    CommentPlace.objects.all().delete()
    ThreadCount.objects.all().delete()


def test_what_happens_between_two_batches_is_counted_once() -> None:
    article = newsroom.published("Ferries")
    first = put(article)
    second = put(article, parent=first, state=Comment.State.PENDING)
    gone = put(article)
    forget_positions()
    put(article, parent=second)
    Comment.objects.filter(pk=second).update(state=Comment.State.APPROVED)
    Comment.objects.filter(pk=gone).delete()
    put(article)
    add_positions(None, SimpleNamespace(connection=connection), 1)
    check(article)

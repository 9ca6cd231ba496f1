"""Places and counts of comments are right after whatever is written, by whom and however."""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.comments.models import Comment, CommentPosition, ThreadCount
from articles.editorial.models import Article
from tests import newsroom

pytestmark = pytest.mark.django_db

APPROVED, HELD, DELETED = Comment.State.APPROVED, Comment.State.PENDING, Comment.State.DELETED


def put(article: Article, *, parent: int | None = None, state: str = APPROVED) -> int:
    made = Comment.objects.create(
        article=article, parent_id=parent, name="Ana", text="Words", state=state
    )
    return made.pk


def expected(article: Article) -> dict[int, tuple[Any, ...]]:
    """Level, host, root, readable, answers and below of each comment, counted by hand."""
    rows = {row.pk: row for row in Comment.objects.filter(article=article)}
    level: dict[int, int] = {}
    host: dict[int, int | None] = {}
    root: dict[int, int] = {}
    for pk in sorted(rows):
        above = rows[pk].parent_id
        level[pk] = min(level[above] + 1, 3) if above else 1
        host[pk] = (above if level[above] < 3 else host[above]) if above else None
        root[pk] = root[above] if above else pk
    seen = {pk for pk, row in rows.items() if row.state == APPROVED}
    return {
        pk: (
            level[pk],
            host[pk],
            root[pk],
            pk in seen,
            sum(rows[each].parent_id == pk for each in seen),
            sum(pk in {host[each], root[each]} and each != pk for each in seen),
        )
        for pk in rows
    }


def kept(article: Article) -> dict[int, tuple[Any, ...]]:
    columns = ("level", "display_parent", "root", "readable", "reply_count", "descendant_count")
    rows = CommentPosition.objects.filter(article=article).values_list("comment", *columns)
    return {pk: tuple(rest) for pk, *rest in rows}


def check(article: Article) -> None:
    wanted = expected(article)
    assert kept(article) == wanted
    count = ThreadCount.objects.filter(article=article).first()
    found = (count.readable, count.top_level_count) if count else (0, 0)
    shown = [each for each in wanted.values() if each[3] or each[4] or each[5]]
    assert found == (sum(each[3] for each in shown), sum(each[0] == 1 for each in shown))


def test_a_bulk_of_comments_in_any_order_is_counted_once_for_all(db: None) -> None:
    article = newsroom.published("Bulk")
    rows = [
        Comment(
            pk=1000 + number,
            article=article,
            parent_id=None
            if number % 7 == 0
            else 1000 + number - 1 - number % 2 * (number % 7 > 1),
            name="Ana",
            text=f"Words {number}",
            state=APPROVED if number % 3 else DELETED,
        )
        for number in range(60)
    ]
    Comment.objects.bulk_create(rows[30:][::-1])
    Comment.objects.bulk_create(rows[:30])
    check(article)
    Comment.objects.filter(article=article, pk__gte=1020).update(state=APPROVED)
    check(article)
    Comment.objects.filter(article=article).update(state=HELD)
    check(article)


def test_removing_answers_and_whole_articles_leaves_nothing_counted(db: None) -> None:
    article, other = newsroom.published("One"), newsroom.published("Two")
    top = put(article)
    reply = put(article, parent=put(article, parent=top, state=DELETED))
    put(other)
    Comment.objects.filter(pk=reply).delete()
    check(article)
    article.delete()
    check(other)
    assert CommentPosition.objects.count() == 1
    assert list(ThreadCount.objects.values_list("article", "readable")) == [(other.pk, 1)]


def test_a_thread_that_moves_to_another_article_is_laid_there(db: None) -> None:
    article, other = newsroom.published("One"), newsroom.published("Two")
    put(article, parent=put(article))
    put(article)
    Comment.objects.filter(article=article).update(article=other)
    connection.check_constraints()
    check(article)
    check(other)


DEEDS = st.lists(
    st.tuples(st.sampled_from([APPROVED, HELD, DELETED, "gone"]), st.integers(0, 40)), max_size=30
)


@given(deeds=DEEDS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_sequence_of_writing_deciding_and_removing_keeps_the_counts(
    deeds: list[tuple[str, int]], db: None
) -> None:
    with transaction.atomic():
        article = newsroom.published("Any")
        for deed, number in deeds:
            known = list(Comment.objects.filter(article=article).values_list("pk", flat=True))
            chosen = known[number % len(known)] if known else None
            if chosen is None or number % 2:
                parent = chosen if number % 3 else None
                put(article, parent=parent, state=deed if deed != "gone" else HELD)
            elif deed == "gone":
                if not Comment.objects.filter(parent=chosen).exists():
                    Comment.objects.filter(pk=chosen).delete()
            else:
                Comment.objects.filter(pk=chosen).update(state=deed)
        check(article)
        transaction.set_rollback(True)

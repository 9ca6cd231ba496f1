"""Positions and counts of comments are correct after any change."""

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


def create(article: Article, *, parent: int | None = None, state: str = APPROVED) -> int:
    comment = Comment.objects.create(
        article=article, parent_id=parent, name="Ana", text="Words", state=state
    )
    return comment.pk


def expected(article: Article) -> dict[int, tuple[Any, ...]]:
    """Computes the columns of the position of each comment in Python."""
    rows = {row.pk: row for row in Comment.objects.filter(article=article)}
    level: dict[int, int] = {}
    display_parent: dict[int, int | None] = {}
    root: dict[int, int] = {}
    for pk in sorted(rows):
        parent = rows[pk].parent_id
        level[pk] = min(level[parent] + 1, 3) if parent else 1
        display_parent[pk] = (
            (parent if level[parent] < 3 else display_parent[parent]) if parent else None
        )
        root[pk] = root[parent] if parent else pk
    visible = {pk for pk, row in rows.items() if row.state == APPROVED}
    return {
        pk: (
            level[pk],
            display_parent[pk],
            root[pk],
            pk in visible,
            sum(rows[each].parent_id == pk for each in visible),
            sum(pk in {display_parent[each], root[each]} and each != pk for each in visible),
        )
        for pk in rows
    }


def stored(article: Article) -> dict[int, tuple[Any, ...]]:
    columns = ("level", "display_parent", "root", "readable", "reply_count", "descendant_count")
    rows = CommentPosition.objects.filter(article=article).values_list("comment", *columns)
    return {pk: tuple(values) for pk, *values in rows}


def check(article: Article) -> None:
    rows = expected(article)
    assert stored(article) == rows
    count = ThreadCount.objects.filter(article=article).first()
    found = (count.readable, count.top_level_count) if count else (0, 0)
    shown = [each for each in rows.values() if each[3] or each[4] or each[5]]
    assert found == (sum(each[3] for each in shown), sum(each[0] == 1 for each in shown))


def test_comments_created_in_bulk_in_any_order_are_counted(db: None) -> None:
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


def test_deleted_comments_and_articles_are_not_counted(db: None) -> None:
    article, other = newsroom.published("One"), newsroom.published("Two")
    top = create(article)
    reply = create(article, parent=create(article, parent=top, state=DELETED))
    create(other)
    Comment.objects.filter(pk=reply).delete()
    check(article)
    article.delete()
    check(other)
    assert CommentPosition.objects.count() == 1
    assert list(ThreadCount.objects.values_list("article", "readable")) == [(other.pk, 1)]


def test_a_thread_can_be_moved_to_another_article(db: None) -> None:
    article, other = newsroom.published("One"), newsroom.published("Two")
    create(article, parent=create(article))
    create(article)
    Comment.objects.filter(article=article).update(article=other)
    connection.check_constraints()
    check(article)
    check(other)


ACTIONS = st.lists(
    st.tuples(st.sampled_from([APPROVED, HELD, DELETED, "gone"]), st.integers(0, 40)), max_size=30
)


@given(actions=ACTIONS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_counts_are_correct_after_any_sequence_of_actions(
    actions: list[tuple[str, int]], db: None
) -> None:
    with transaction.atomic():
        article = newsroom.published("Any")
        for action, number in actions:
            pks = list(Comment.objects.filter(article=article).values_list("pk", flat=True))
            chosen = pks[number % len(pks)] if pks else None
            if chosen is None or number % 2:
                parent = chosen if number % 3 else None
                create(article, parent=parent, state=action if action != "gone" else HELD)
            elif action == "gone":
                if not Comment.objects.filter(parent=chosen).exists():
                    Comment.objects.filter(pk=chosen).delete()
            else:
                Comment.objects.filter(pk=chosen).update(state=action)
        check(article)
        transaction.set_rollback(True)

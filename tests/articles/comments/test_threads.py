"""A thread has three levels, is ordered by time and shows no hidden text."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import RestrictedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from articles.comments.models import Comment, CommentPosition, ThreadCount
from articles.comments.submission import posting
from articles.comments.thread_queries import Order, thread_rows
from articles.comments.threads import ThreadComment, replies_to, thread_of
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests import moderation, newsroom
from tests.articles.comments.conftest import Write


def outline(comments: list[ThreadComment]) -> list[object]:
    """Returns the thread as nested lists of its texts."""
    return [[each.placeholder or each.text, *outline(each.replies)] for each in comments]


def test_an_article_without_comments_says_so(article: Article) -> None:
    thread = thread_of(article)
    assert (thread.words, thread.comments, thread.open) == ("No Comments", [], True)


def test_only_visible_comments_are_counted(article: Article, write: Write) -> None:
    write("First")
    assert thread_of(article).words == "1 Comment"
    write("Second")
    write("Not yet", pending=True)
    assert thread_of(article).words == "2 Comments"


def test_comments_are_ordered_by_time(article: Article, write: Write) -> None:
    late, early = write("Late"), write("Early")
    Comment.objects.filter(pk=early.pk).update(created_at=late.created_at - timedelta(hours=1))
    assert outline(thread_of(article).comments) == [["Early"], ["Late"]]


def test_deeper_replies_are_on_the_third_level_with_their_parent(
    article: Article, write: Write
) -> None:
    comment = None
    for number, name in enumerate(("Ana", "Ben", "Cem", "Dia", "Eli")):
        comment = write(f"Word {number}", name=name, parent=comment)
    thread = thread_of(article)
    assert outline(thread.comments) == [
        ["Word 0", ["Word 1", ["Word 2"], ["Word 3"], ["Word 4"]]],
    ]
    third = thread.comments[0].replies[0].replies
    answered = [each.in_reply_to.name if each.in_reply_to else None for each in third]
    assert answered == [None, "Cem", "Dia"]


def test_a_hidden_comment_has_a_placeholder_only_with_replies(
    article: Article, write: Write, mina: User
) -> None:
    with_reply, alone = write("Unkind words"), write("Other unkind words")
    write("Please be kind.", parent=with_reply)
    moderation.reject(with_reply, by=mina)
    moderation.reject(alone, by=mina)
    thread = thread_of(article)
    assert outline(thread.comments) == [
        ["A moderator removed this comment.", ["Please be kind."]],
    ]
    assert thread.comments[0].name == ""
    assert thread.count == 1


def test_hidden_texts_and_names_are_not_read_from_the_database(
    article: Article, write: Write, mina: User
) -> None:
    hidden = write("Words nobody may read", name="Nameless One")
    write("An answer", parent=hidden)
    moderation.spam(hidden, by=mina)
    rows = {row.id: row for row in thread_rows(article, Order.OLDEST, 1)}
    assert "Words nobody" not in str(rows[hidden.pk])
    assert "Nameless" not in str(rows[hidden.pk])


def test_a_deleted_comment_has_a_placeholder_of_its_own(article: Article, write: Write) -> None:
    comment = write("On second thought")
    write("What did it say?", parent=comment)
    posting.delete_own(comment, by=None)
    assert thread_of(article).comments[0].placeholder == "The commenter deleted this comment."


def test_an_account_has_its_current_name(
    article: Article, write: Write, ola: User, edna: User
) -> None:
    write("As a reader", by=ola)
    write("As an editor", by=edna)
    ola.display_name = "Ola Lindqvist"
    ola.save()
    reader, editor = thread_of(article).comments
    assert (reader.name, reader.by_staff) == ("Ola Lindqvist", False)
    assert (editor.name, editor.by_staff) == ("Edna Okafor", True)


def test_a_thread_of_any_size_takes_one_query(article: Article, write: Write, ola: User) -> None:
    publication = current_publication()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            thread_of(article, publication)
        return len(seen)

    first = write("First", by=ola)
    few = queries()
    for number in range(12):
        first = write(f"Again {number}", parent=first if number % 3 else None, by=ola)
    assert (few, queries()) == (1, 1)


def test_three_hundred_nested_replies_are_shown(article: Article) -> None:
    parent: int | None = None
    for number in range(300):
        parent = Comment.objects.create(
            article=article,
            parent_id=parent,
            name="Ana",
            text=f"Level {number}",
            state=Comment.State.APPROVED,
        ).pk
    thread = thread_of(article)
    assert thread.count == 300
    shown = thread.comments[0].replies[0]
    assert (shown.descendant_count, len(shown.replies)) == (298, 99)
    publication = current_publication()
    pages = [replies_to(article, publication, shown.id, number) for number in range(1, 7)]
    found = [each.text for page in pages if page for each in page.comments]
    assert found == [f"Level {number}" for number in range(2, 300)]


def test_a_reply_older_than_its_parent_is_shown(article: Article, write: Write) -> None:
    comment = write("Before")
    reply = write("After", parent=comment)
    Comment.objects.filter(pk=reply.pk).update(created_at=timezone.now() - timedelta(days=9))
    assert outline(thread_of(article).comments) == [["Before", ["After"]]]


def test_the_database_rejects_a_reply_on_another_article(write: Write) -> None:
    comment = write("Here")
    elsewhere = newsroom.published("Another harbour")

    def reply_from_elsewhere() -> None:
        with transaction.atomic():
            Comment.objects.create(article=elsewhere, parent=comment, name="Ana", text="There")
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="comment_parent_in_article"):
        reply_from_elsewhere()


def test_the_database_rejects_a_cycle_of_replies(write: Write) -> None:
    first = write("First")
    second = write("Second", parent=first)
    with pytest.raises(IntegrityError, match="comment_parent_is_older"), transaction.atomic():
        Comment.objects.filter(pk=first.pk).update(parent=second)


def test_the_database_rejects_a_comment_without_text(article: Article) -> None:
    with pytest.raises(IntegrityError, match="comment_has_text"), transaction.atomic():
        Comment.objects.create(article=article, name="Ana", text=" \n ")


def test_deleting_an_article_deletes_its_thread(article: Article, write: Write) -> None:
    write("Elsewhere", on=newsroom.published("Another harbour"))
    write("Third", parent=write("Second", parent=write("First")))
    article.delete()
    connection.check_constraints()
    assert [comment.text for comment in Comment.objects.all()] == ["Elsewhere"]


def test_a_comment_with_replies_cannot_be_deleted(write: Write) -> None:
    comment = write("First")
    write("Second", parent=comment)
    with pytest.raises(RestrictedError):
        comment.delete()


def test_the_form_on_a_page_of_replies_replies_to_its_comment(
    client: Client, article: Article, write: Write, ola: User, mina: User
) -> None:
    top = write("Which ferry?", name="Teo Brandt")
    reply = write("That one.", parent=top)
    url = f"{article.get_absolute_url()}comments/{top.pk}/"
    page = client.get(url).content.decode()
    assert f'name="parent" value="{top.pk}"' in page
    assert "Reply to <bdi>Teo Brandt</bdi></h3>" in page
    assert 'name="parent" value=""' in client.get(article.get_absolute_url()).content.decode()
    posting.delete_own(top, by=None)
    page_without_parent = client.get(url).content.decode()
    assert 'name="parent" value=""' in page_without_parent
    assert "Leave a comment</h3>" in page_without_parent
    assert reply.is_visible


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

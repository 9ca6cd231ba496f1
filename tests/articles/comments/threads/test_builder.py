"""A thread has three levels, is ordered by time and shows no hidden text."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import RestrictedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.submission import posting
from articles.comments.threads.builder import ThreadComment, replies_to, thread_of
from articles.comments.threads.queries import Order, thread_rows
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests import newsroom
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
    decisions.reject(with_reply, by=mina)
    decisions.reject(alone, by=mina)
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
    decisions.spam(hidden, by=mina)
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


def test_closed_comments_are_shown(article: Article, write: Write) -> None:
    write("Before it closed")
    Article.objects.filter(pk=article.pk).update(comments_open=False)
    article.refresh_from_db()
    thread = thread_of(article)
    assert (thread.count, thread.open) == (1, False)


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
    gone = client.get(url).content.decode()
    assert 'name="parent" value=""' in gone
    assert "Leave a comment</h3>" in gone
    assert reply.is_visible

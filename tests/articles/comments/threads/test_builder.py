"""A thread shows three levels, keeps the order of time and never a word that is hidden."""

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


def outline(places: list[ThreadComment]) -> list[object]:
    """The thread as nested lists of its words."""
    return [[place.placeholder or place.text, *outline(place.replies)] for place in places]


def test_an_article_without_comments_says_so(article: Article) -> None:
    thread = thread_of(article)
    assert (thread.words, thread.comments, thread.open) == ("No Comments", [], True)


def test_only_what_can_be_read_is_counted(article: Article, write: Write) -> None:
    write("First")
    assert thread_of(article).words == "1 Comment"
    write("Second")
    write("Not yet", waits=True)
    assert thread_of(article).words == "2 Comments"


def test_comments_stand_in_the_order_of_time(article: Article, write: Write) -> None:
    late, early = write("Late"), write("Early")
    Comment.objects.filter(pk=early.pk).update(created_at=late.created_at - timedelta(hours=1))
    assert outline(thread_of(article).comments) == [["Early"], ["Late"]]


def test_deeper_replies_stand_on_the_third_level_and_say_whom_they_answer(
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
    answered = [place.in_reply_to.name if place.in_reply_to else None for place in third]
    assert answered == [None, "Cem", "Dia"]


def test_a_hidden_comment_with_an_answer_leaves_a_gap_and_none_without(
    article: Article, write: Write, mina: User
) -> None:
    answered, alone = write("Unkind words"), write("Other unkind words")
    write("Please be kind.", parent=answered)
    decisions.reject(answered, by=mina)
    decisions.reject(alone, by=mina)
    thread = thread_of(article)
    assert outline(thread.comments) == [
        ["A moderator removed this comment.", ["Please be kind."]],
    ]
    assert thread.comments[0].name == ""
    assert thread.count == 1


def test_hidden_words_and_names_never_leave_the_database(
    article: Article, write: Write, mina: User
) -> None:
    hidden = write("Words nobody may read", name="Nameless One")
    write("An answer", parent=hidden)
    decisions.spam(hidden, by=mina)
    rows = {row.id: row for row in thread_rows(article, Order.OLDEST, 1)}
    assert "Words nobody" not in str(rows[hidden.pk])
    assert "Nameless" not in str(rows[hidden.pk])


def test_a_comment_taken_back_says_that_its_writer_did_it(article: Article, write: Write) -> None:
    comment = write("On second thought")
    write("What did it say?", parent=comment)
    posting.delete_own(comment, by=None)
    assert thread_of(article).comments[0].placeholder == "The commenter deleted this comment."


def test_an_account_goes_by_the_name_it_has_today(
    article: Article, write: Write, ola: User, edna: User
) -> None:
    write("As a reader", by=ola)
    write("As an editor", by=edna)
    ola.display_name = "Ola Lindqvist"
    ola.save()
    reader, editor = thread_of(article).comments
    assert (reader.name, reader.by_staff) == ("Ola Lindqvist", False)
    assert (editor.name, editor.by_staff) == ("Edna Okafor", True)


def test_a_thread_of_any_size_is_one_query(article: Article, write: Write, ola: User) -> None:
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


def test_three_hundred_nested_replies_are_no_trouble(article: Article) -> None:
    above: int | None = None
    for number in range(300):
        above = Comment.objects.create(
            article=article,
            parent_id=above,
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
    found = [place.text for page in pages if page for place in page.comments]
    assert found == [f"Level {number}" for number in range(2, 300)]


def test_a_clock_set_back_does_not_lose_a_reply(article: Article, write: Write) -> None:
    comment = write("Before")
    reply = write("After", parent=comment)
    Comment.objects.filter(pk=reply.pk).update(created_at=timezone.now() - timedelta(days=9))
    assert outline(thread_of(article).comments) == [["Before", ["After"]]]


def test_the_database_refuses_a_reply_below_another_article(write: Write) -> None:
    comment = write("Here")
    elsewhere = newsroom.published("Another harbour")

    def answer_from_elsewhere() -> None:
        with transaction.atomic():
            Comment.objects.create(article=elsewhere, parent=comment, name="Ana", text="There")
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="comment_parent_in_article"):
        answer_from_elsewhere()


def test_the_database_refuses_a_ring_of_replies(write: Write) -> None:
    first = write("First")
    second = write("Second", parent=first)
    with pytest.raises(IntegrityError, match="comment_parent_is_older"), transaction.atomic():
        Comment.objects.filter(pk=first.pk).update(parent=second)


def test_the_database_refuses_a_comment_without_words(article: Article) -> None:
    with pytest.raises(IntegrityError, match="comment_has_text"), transaction.atomic():
        Comment.objects.create(article=article, name="Ana", text=" \n ")


def test_closed_comments_are_shown_but_not_open(article: Article, write: Write) -> None:
    write("Before it closed")
    Article.objects.filter(pk=article.pk).update(comments_open=False)
    article.refresh_from_db()
    thread = thread_of(article)
    assert (thread.count, thread.open) == (1, False)


def test_a_deleted_article_takes_its_whole_thread_with_it(article: Article, write: Write) -> None:
    write("Elsewhere", below=newsroom.published("Another harbour"))
    write("Third", parent=write("Second", parent=write("First")))
    article.delete()
    connection.check_constraints()
    assert [comment.text for comment in Comment.objects.all()] == ["Elsewhere"]


def test_a_comment_that_was_answered_cannot_vanish_alone(write: Write) -> None:
    comment = write("First")
    write("Second", parent=comment)
    with pytest.raises(RestrictedError):
        comment.delete()


def test_the_form_below_a_page_of_answers_answers_the_comment_that_is_shown(
    client: Client, article: Article, write: Write, ola: User, mina: User
) -> None:
    top = write("Which ferry?", name="Teo Brandt")
    answer = write("That one.", parent=top)
    address = f"{article.get_absolute_url()}comments/{top.pk}/"
    page = client.get(address).content.decode()
    assert f'name="parent" value="{top.pk}"' in page
    assert "Reply to <bdi>Teo Brandt</bdi></h2>" in page
    assert 'name="parent" value=""' in client.get(article.get_absolute_url()).content.decode()
    posting.delete_own(top, by=None)
    gone = client.get(address).content.decode()
    assert 'name="parent" value=""' in gone
    assert "Leave a comment</h2>" in gone
    assert answer.is_visible

"""A rejected writer asks once for another look, and gets one."""

import pytest

from accounts.models import User
from articles.comments import moderation, posting
from articles.comments.deciding import appealing
from articles.comments.deciding.models import Appeal
from articles.comments.waiting import held_for
from tests.articles.comments.conftest import Write


def test_it_stays_rejected_until_somebody_looks_again(write: Write, mina: User, edna: User) -> None:
    comment = write(waits=True)
    moderation.reject(comment, by=mina)
    appealing.ask(comment, words="It was meant as a joke.")
    comment.refresh_from_db()
    assert comment.state == "rejected"
    assert moderation.approve(comment, by=edna)
    appeal = Appeal.objects.get()
    assert appeal.outcome == "granted"
    assert appeal.decision
    assert appeal.decision.made_by == edna


def test_to_reject_again_answers_it_with_a_row(write: Write, mina: User, edna: User) -> None:
    comment = write(waits=True)
    moderation.reject(comment, by=mina)
    assert not moderation.reject(comment, by=edna)
    appealing.ask(comment)
    assert moderation.reject(comment, by=edna, reason="Still unkind")
    assert Appeal.objects.get().outcome == "kept"
    assert comment.moderations.count() == 3


def test_once_and_not_again(write: Write, mina: User) -> None:
    comment = write(waits=True)
    moderation.reject(comment, by=mina)
    assert appealing.ask(comment) == appealing.ask(comment, words="Once more")
    moderation.reject(comment, by=mina)
    assert not appealing.may_ask(comment)
    with pytest.raises(appealing.Refused, match="already"):
        appealing.ask(comment)


def test_there_must_be_something_to_ask(write: Write) -> None:
    with pytest.raises(appealing.Refused, match="not rejected"):
        appealing.ask(write())


@pytest.mark.parametrize("words", ["w" * 1001, "with\x00in it"])
def test_words_that_cannot_be_kept_are_refused_and_asking_stays_possible(
    write: Write, mina: User, words: str
) -> None:
    comment = write(waits=True)
    moderation.reject(comment, by=mina)
    with pytest.raises(appealing.Refused):
        appealing.ask(comment, words=words)
    assert appealing.may_ask(comment)


def test_what_its_writer_takes_back_needs_no_answer(write: Write, mina: User) -> None:
    comment = write(waits=True)
    moderation.reject(comment, by=mina)
    appealing.ask(comment)
    posting.take_back(comment, by=None)
    assert Appeal.objects.get().outcome == "gone"


def test_whoever_asks_waits_on_the_first_page_of_the_desk(write: Write, mina: User) -> None:
    comment = write(waits=True)
    moderation.reject(comment, by=mina)
    appealing.ask(comment, words="It was a joke.")
    (waiting,) = held_for(mina)
    assert (waiting.words, waiting.count) == ("One writer asks for another look", 1)
    assert waiting.address.endswith("?queue=asked")

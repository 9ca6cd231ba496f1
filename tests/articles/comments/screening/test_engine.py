"""Rules are rows: what they say of a comment, and what follows."""

import pytest

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.screening.models import Check, ScreenedWord, ScreeningRule, SpamModelVersion
from articles.comments.screening.word_matching import folded
from articles.comments.spam.model import SpamModel
from articles.comments.submission import posting
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write

pytestmark = pytest.mark.django_db


def set_rule(phase: Check, **values: object) -> None:
    ScreeningRule.objects.filter(phase=phase).update(**values)


def open_house() -> None:
    """Comments stand at once unless a rule has something against them."""
    for phase in (Check.EVERYONE, Check.FIRST_COMMENT):
        set_rule(phase, active=False)


def look_for(word: str, kind: str) -> None:
    ScreenedWord.objects.create(word=word, folded=folded(word), list=kind)


def said(comment: Comment) -> list[str]:
    return [each["says"] for each in Comment.objects.get(pk=comment.pk).screening_results]


def test_on_a_new_site_every_comment_is_held(write: Write) -> None:
    comment = write(waits=True)
    assert comment.state == Comment.State.PENDING
    assert "Every comment is pending first." in said(comment)


def test_where_nothing_speaks_against_it_a_comment_stands_at_once(write: Write) -> None:
    open_house()
    comment = write(waits=True)
    assert comment.state == Comment.State.APPROVED
    assert comment.moderations.get().reason == "No rule objects."


def test_a_banned_word_rejects_and_the_writer_is_told_what_to_change(write: Write) -> None:
    open_house()
    look_for("casino", "banned")
    comment = write("Win at our CAS1NO tonight", waits=True)
    assert comment.state == Comment.State.REJECTED
    row = comment.moderations.get()
    assert row.commenter_notified
    assert "please write it without that word" in row.reason
    assert said(comment) == ["It has the banned word “casino”."]


def test_a_suspect_word_holds(write: Write) -> None:
    open_house()
    look_for("crypto", "suspect")
    assert write("Buy crypto now", waits=True).state == Comment.State.PENDING


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("See a.example.com and https://b.example.org/x", "It has 2 links."),
        ("See https://bit.ly/3abc", "A link through bit.ly hides its target."),
        ("See http://192.0.2.7/win", "A link leads to an IP address instead of a domain name."),
        ("THIS IS THE WORST THING I HAVE READ", "100 per cent of its letters are capitals."),
    ],
)
def test_what_is_seen_is_said_in_words_and_held(write: Write, text: str, words: str) -> None:
    open_house()
    comment = write(text, waits=True)
    assert comment.state == Comment.State.PENDING
    assert words in said(comment)


def test_the_same_words_a_second_time_are_held(write: Write) -> None:
    open_house()
    write("I was there and saw it.", waits=True)
    second = write("I was there and saw it.", name="Another", waits=True)
    assert said(second) == ["The same text was submitted once before, within thirty days."]


def test_a_writer_is_known_once_a_comment_was_approved(
    article: Article, write: Write, mina: User
) -> None:
    set_rule(Check.EVERYONE, active=False)
    first = write("My first words here.", waits=True)
    assert said(first) == ["No earlier comment by this commenter was approved."]
    decisions.approve(first, by=mina)
    assert write("And some more.", waits=True).state == Comment.State.APPROVED


def test_a_rule_that_allows_says_its_word_and_does_nothing(write: Write) -> None:
    open_house()
    set_rule(Check.LENGTH, threshold=10)
    comment = write("Longer than ten characters.", waits=True)
    assert comment.state == Comment.State.APPROVED
    assert said(comment) == ["It has 27 characters."]


def test_the_strictest_rule_decides(write: Write) -> None:
    open_house()
    look_for("casino", "banned")
    look_for("crypto", "suspect")
    comment = write("crypto casino", waits=True)
    assert comment.state == Comment.State.REJECTED
    assert len(said(comment)) == 2


def test_the_model_holds_what_is_like_spam_and_says_why(write: Write) -> None:
    open_house()
    content = SpamModel({"word:my channel": 4.0}, prior=0.0, threshold=2.0).as_json()
    SpamModelVersion.objects.create(
        ham_count=50, spam_count=50, precision=1, recall=1, content=content
    )
    comment = write("Come to my channel", waits=True)
    assert comment.state == Comment.State.PENDING
    assert said(comment) == ["Classified as spam: “my channel”."]


def test_a_new_comment_asks_the_database_the_same_number_of_times(
    article: Article, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        look_for(f"word{number}", "suspect")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        posting.post(article, name="Teo", email="teo@readers.example", text="Some words.")

"""The rules, their findings and the resulting state."""

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


def turn_off_pre_moderation() -> None:
    """Turns off the rules that hold every comment."""
    for phase in (Check.EVERYONE, Check.FIRST_COMMENT):
        set_rule(phase, active=False)


def add_word(word: str, kind: str) -> None:
    ScreenedWord.objects.create(word=word, folded=folded(word), list=kind)


def findings(comment: Comment) -> list[str]:
    return [each["says"] for each in Comment.objects.get(pk=comment.pk).screening_results]


def test_every_comment_is_held_on_a_new_site(write: Write) -> None:
    comment = write(pending=True)
    assert comment.state == Comment.State.PENDING
    assert "Every comment is pending first." in findings(comment)


def test_a_comment_without_objections_is_approved(write: Write) -> None:
    turn_off_pre_moderation()
    comment = write(pending=True)
    assert comment.state == Comment.State.APPROVED
    assert comment.moderations.get().reason == "No rule objects."


def test_a_banned_word_rejects_with_a_message_to_the_commenter(write: Write) -> None:
    turn_off_pre_moderation()
    add_word("casino", "banned")
    comment = write("Win at our CAS1NO tonight", pending=True)
    assert comment.state == Comment.State.REJECTED
    row = comment.moderations.get()
    assert row.commenter_notified
    assert "please write it without that word" in row.reason
    assert findings(comment) == ["It has the banned word “casino”."]


def test_a_suspect_word_holds(write: Write) -> None:
    turn_off_pre_moderation()
    add_word("crypto", "suspect")
    assert write("Buy crypto now", pending=True).state == Comment.State.PENDING


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("See a.example.com and https://b.example.org/x", "It has 2 links."),
        ("See https://bit.ly/3abc", "A link through bit.ly hides its target."),
        ("See http://192.0.2.7/win", "A link leads to an IP address instead of a domain name."),
        ("THIS IS THE WORST THING I HAVE READ", "100 per cent of its letters are capitals."),
    ],
)
def test_a_finding_is_described_and_holds_the_comment(
    write: Write, text: str, finding: str
) -> None:
    turn_off_pre_moderation()
    comment = write(text, pending=True)
    assert comment.state == Comment.State.PENDING
    assert finding in findings(comment)


def test_a_duplicate_is_held(write: Write) -> None:
    turn_off_pre_moderation()
    write("I was there and saw it.", pending=True)
    second = write("I was there and saw it.", name="Another", pending=True)
    assert findings(second) == ["The same text was submitted once before, within thirty days."]


def test_a_commenter_with_an_approved_comment_is_known(
    article: Article, write: Write, mina: User
) -> None:
    set_rule(Check.EVERYONE, active=False)
    first = write("My first words here.", pending=True)
    assert findings(first) == ["No earlier comment by this commenter was approved."]
    decisions.approve(first, by=mina)
    assert write("And some more.", pending=True).state == Comment.State.APPROVED


def test_a_rule_that_only_notes_does_not_hold(write: Write) -> None:
    turn_off_pre_moderation()
    set_rule(Check.LENGTH, threshold=10)
    comment = write("Longer than ten characters.", pending=True)
    assert comment.state == Comment.State.APPROVED
    assert findings(comment) == ["It has 27 characters."]


def test_the_strictest_rule_decides(write: Write) -> None:
    turn_off_pre_moderation()
    add_word("casino", "banned")
    add_word("crypto", "suspect")
    comment = write("crypto casino", pending=True)
    assert comment.state == Comment.State.REJECTED
    assert len(findings(comment)) == 2


def test_the_model_holds_spam_with_its_reasons(write: Write) -> None:
    turn_off_pre_moderation()
    content = SpamModel({"word:my channel": 4.0}, prior=0.0, threshold=2.0).as_json()
    SpamModelVersion.objects.create(
        ham_count=50, spam_count=50, precision=1, recall=1, content=content
    )
    comment = write("Come to my channel", pending=True)
    assert comment.state == Comment.State.PENDING
    assert findings(comment) == ["Classified as spam: “my channel”."]


def test_screening_takes_a_limited_number_of_queries(
    article: Article, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        add_word(f"word{number}", "suspect")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        posting.post(article, name="Teo", email="teo@readers.example", text="Some words.")

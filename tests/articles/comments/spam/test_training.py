"""What people decided teaches the model; what rules decided does not."""

import pytest

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions, undo
from articles.comments.screening.engine import knowledge
from articles.comments.screening.models import SpamModelVersion
from articles.comments.spam.features import is_learnt
from articles.comments.spam.model import LEAST_OF_EACH
from articles.comments.spam.training import learn, train_if_possible
from articles.editorial.models import Article
from tests.articles.comments.spam.test_model import examples

pytestmark = pytest.mark.django_db


def decided(article: Article, by: User | None) -> None:
    rows = Comment.objects.bulk_create(
        Comment(
            article=article, name="Teo", text=each.text, state="spam" if each.spam else "approved"
        )
        for each in examples(LEAST_OF_EACH)
    )
    ModerationDecision.objects.bulk_create(
        ModerationDecision(comment=row, decision=row.state, created_by=by) for row in rows
    )


def test_a_night_after_enough_decisions_there_is_a_model(article: Article, mina: User) -> None:
    decided(article, mina)
    made = learn()
    assert made is not None
    assert (made.ham_count, made.spam_count) == (LEAST_OF_EACH, LEAST_OF_EACH)


def test_what_rules_decided_teaches_nothing(article: Article) -> None:
    decided(article, None)
    assert "0 wanted and 0 unwanted" in train_if_possible()
    assert not SpamModelVersion.objects.exists()


def test_without_new_decisions_no_new_version_is_made(article: Article, mina: User) -> None:
    decided(article, mina)
    learn()
    assert learn() is None
    assert train_if_possible() == "Nothing new was decided."
    comment = Comment.objects.filter(state="approved").first()
    assert comment is not None
    decisions.spam(comment, by=mina)
    decisions.approve(comment, by=mina)
    assert learn() is not None


def test_what_was_taken_back_teaches_nothing(article: Article, mina: User) -> None:
    decided(article, mina)
    for comment in Comment.objects.filter(state="approved")[:2]:
        ModerationDecision.objects.filter(comment=comment).update(created_by=None)
        row = decisions.decide(comment, Comment.State.SPAM, by=mina)
        assert row
        undo.undo([row], by=mina)
    assert f"{LEAST_OF_EACH - 2} wanted and {LEAST_OF_EACH} unwanted" in train_if_possible()


def test_a_model_of_an_older_version_is_learnt_anew(article: Article, mina: User) -> None:
    decided(article, mina)
    made = learn()
    assert made
    SpamModelVersion.objects.update(content=made.content | {"version": 1})
    assert knowledge().model is None
    assert learn() is not None
    assert knowledge().model is not None


def test_a_word_must_stand_under_two_articles(article: Article, mina: User) -> None:
    decided(article, mina)
    made = learn()
    assert made
    assert not any(is_learnt(each) for each in made.content["weights"])

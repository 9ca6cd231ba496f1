"""The model is trained on decisions of people, not of rules."""

import pytest

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions
from articles.comments.screening.engine import knowledge
from articles.comments.screening.models import SpamModelVersion
from articles.comments.screening.spam_features import is_learnt
from articles.comments.screening.spam_model import MIN_OF_EACH, train_if_possible, train_new_version
from articles.editorial.models import Article
from tests import moderation
from tests.articles.comments.screening.test_spam_model import examples

pytestmark = pytest.mark.django_db


def create_decided_comments(article: Article, by: User | None) -> None:
    rows = Comment.objects.bulk_create(
        Comment(
            article=article, name="Teo", text=each.text, state="spam" if each.spam else "approved"
        )
        for each in examples(MIN_OF_EACH)
    )
    ModerationDecision.objects.bulk_create(
        ModerationDecision(comment=row, decision=row.state, created_by=by) for row in rows
    )


def test_enough_decisions_give_a_model(article: Article, mina: User) -> None:
    create_decided_comments(article, mina)
    version = train_new_version()
    assert version is not None
    assert (version.ham_count, version.spam_count) == (MIN_OF_EACH, MIN_OF_EACH)


def test_decisions_of_rules_are_not_used(article: Article) -> None:
    create_decided_comments(article, None)
    assert "0 legitimate comments and 0 spam comments" in train_if_possible()
    assert not SpamModelVersion.objects.exists()


def test_there_is_no_new_version_without_new_decisions(article: Article, mina: User) -> None:
    create_decided_comments(article, mina)
    train_new_version()
    assert train_new_version() is None
    assert train_if_possible() == "No new decisions."
    comment = Comment.objects.filter(state="approved").first()
    assert comment is not None
    moderation.spam(comment, by=mina)
    moderation.approve(comment, by=mina)
    assert train_new_version() is not None


def test_undone_decisions_are_not_used(article: Article, mina: User) -> None:
    create_decided_comments(article, mina)
    for comment in Comment.objects.filter(state="approved")[:2]:
        ModerationDecision.objects.filter(comment=comment).update(created_by=None)
        row = decisions.decide(comment, Comment.State.SPAM, by=mina)
        assert row
        decisions.undo([row], by=mina)
    assert f"{MIN_OF_EACH - 2} legitimate comments and {MIN_OF_EACH} spam" in train_if_possible()


def test_a_model_of_an_older_version_is_trained_again(article: Article, mina: User) -> None:
    create_decided_comments(article, mina)
    version = train_new_version()
    assert version
    SpamModelVersion.objects.update(content=version.content | {"version": 1})
    assert knowledge().model is None
    assert train_new_version() is not None
    assert knowledge().model is not None


def test_a_word_must_occur_on_two_articles(article: Article, mina: User) -> None:
    create_decided_comments(article, mina)
    version = train_new_version()
    assert version
    assert not any(is_learnt(each) for each in version.content["weights"])

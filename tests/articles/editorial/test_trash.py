"""The trash of articles, and what is deleted for good."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model, ProtectedError
from django.db.models.signals import pre_delete
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial import permissions, preview_links, publishing, translations, trash
from articles.editorial.checklist import NotReady
from articles.editorial.hooks import in_articles
from articles.editorial.models import Article, Figure, Revision, StateChange
from articles.editorial.versions import drafts
from articles.editorial.versions.content import content_of
from articles.public.front_page.models import Placement
from iria.core.security import ExpiredToken
from newsletter.models import Issue, IssueItem, Newsletter
from tests import newsroom


def _unpublished(headline: str, by: User, **fields: Any) -> Article:
    article = newsroom.published(headline, **fields)
    publishing.unpublish(article, by=by)
    return article


def _move_long_ago(article: Article, by: User, *, days: int = 31) -> None:
    trash.move(article, by=by)
    moves = StateChange.objects.filter(article=article, state=Article.State.TRASH)
    moves.update(created_at=timezone.now() - timedelta(days=days))


def test_a_draft_is_restored_complete(edna: User, rui: User) -> None:
    image = newsroom.picture()
    article = newsroom.draft(
        "Half written",
        body=f'<p>Text.</p><figure data-image="{image.pk}"><figcaption></figcaption></figure>',
        tags=["ferries"],
        authors=[newsroom.author("Ines Faro")],
    )
    before, revisions = content_of(article), article.revisions.count()
    trash.move(article, by=edna)
    assert article.state == Article.State.TRASH
    assert trash.restore(article, by=edna)
    article.refresh_from_db()
    assert article.state == Article.State.DRAFT
    assert content_of(article) == before
    assert article.revisions.count() == revisions
    assert Figure.objects.get().image == image


def test_an_unpublished_article_is_restored_as_unpublished_with_its_comments(edna: User) -> None:
    article = _unpublished("Was out", edna)
    Comment.objects.create(article=article, name="Ola", text="A comment.")
    dates = article.published_at, article.withdrawn_at
    trash.move(article, by=edna)
    trash.restore(article, by=edna)
    assert article.state == Article.State.UNPUBLISHED
    assert (article.published_at, article.withdrawn_at) == dates
    assert article.comments.count() == 1


def test_published_and_scheduled_articles_are_not_moved(edna: User) -> None:
    public, scheduled = newsroom.published("Out"), newsroom.draft("Soon out")
    publishing.schedule(scheduled, by=edna, at=timezone.now() + timedelta(hours=1))
    for article in (public, scheduled):
        state = article.state
        with pytest.raises(trash.NotMoved):
            trash.move(article, by=edna)
        article.refresh_from_db()
        assert article.state == state


def test_moving_and_restoring_twice_changes_nothing(edna: User) -> None:
    article = newsroom.draft()
    for _ in range(2):
        trash.move(article, by=edna)
    assert StateChange.objects.filter(state=Article.State.TRASH).count() == 1
    assert [trash.restore(article, by=edna), trash.restore(article, by=edna)] == [True, False]


def test_the_trash_says_who_moved_an_article_and_when_it_is_deleted(edna: User) -> None:
    first, second = newsroom.draft("First"), newsroom.draft("Second")
    for article in (first, second):
        trash.move(article, by=edna)
    trash.restore(first, by=edna)
    trash.move(first, by=edna)
    rows = trash.trashed_articles(list(trash.contents(Article.objects.all())))
    assert [row.article for row in rows] == [first, second]
    assert rows[0].moved_by == edna
    assert rows[0].expires_at - rows[0].moved_at == trash.KEPT_FOR


def test_an_article_in_the_trash_cannot_be_edited_published_or_scheduled(edna: User) -> None:
    article = newsroom.draft()
    revision = article.revisions.get()
    trash.move(article, by=edna)
    tomorrow = timezone.now() + timedelta(days=1)
    for attempt in (
        lambda: drafts.save(article, {"headline": "Changed"}, by=edna),
        lambda: drafts.restore(article, revision, by=edna),
        lambda: publishing.publish(article, by=edna),
        lambda: publishing.schedule(article, by=edna, at=tomorrow),
    ):
        with pytest.raises(NotReady):
            attempt()
    publishing.unpublish(article, by=edna)
    assert Article.objects.get().state == Article.State.TRASH


def test_nobody_sees_an_article_in_the_trash_in_lists(edna: User, rui: User, mina: User) -> None:
    article = newsroom.draft(by=rui)
    trash.move(article, by=edna)
    for user in (edna, rui, mina):
        assert not permissions.visible_to(user, Article.objects.all()).exists()
        assert not permissions.may_see(user, article)
        assert not permissions.may_change(user, article)
    assert list(permissions.visible_in_trash(edna)) == [article]
    assert list(permissions.visible_in_trash(rui)) == [article]
    assert not permissions.visible_in_trash(mina).exists()


def test_only_users_who_may_delete_articles_move_and_restore_them(edna: User, rui: User) -> None:
    article = newsroom.draft(by=rui)
    assert permissions.may_move_to_trash(edna, article)
    assert not permissions.may_move_to_trash(rui, article)
    trash.move(article, by=edna)
    assert permissions.may_restore(edna, article)
    assert not permissions.may_restore(rui, article)
    assert not permissions.may_delete_for_good(edna)


def test_a_preview_link_stops_working_in_the_trash(edna: User) -> None:
    article = newsroom.draft()
    token = preview_links.make_preview_token(article)
    trash.move(article, by=edna)
    with pytest.raises(ExpiredToken):
        preview_links.read_preview_token(token)


def test_a_public_url_answers_in_the_trash_as_for_an_unpublished_article(
    client: Client, edna: User
) -> None:
    article = _unpublished("Was out", edna)
    url = article.get_absolute_url()
    before = client.get(url).status_code
    trash.move(article, by=edna)
    assert client.get(url).status_code == before == 404
    assert article.get_absolute_url() == url


def test_an_image_says_that_it_is_used_in_the_trash(edna: User) -> None:
    image = newsroom.picture()
    article = newsroom.draft(lead_image=image)
    (before,) = in_articles(image.pk)
    trash.move(article, by=edna)
    (after,) = in_articles(image.pk)
    assert after.label != before.label
    assert not after.public


# Translations


def test_a_translation_keeps_its_link_in_the_trash(edna: User) -> None:
    english, french = newsroom.draft("English"), newsroom.draft("Français", language="fr")
    translations.link(french, english)
    trash.move(french, by=edna)
    english.refresh_from_db()
    assert translations.translations_of(english) == []
    assert content_of(english)["translation_of"] is None
    drafts.save(english, {"headline": "Changed"}, by=edna)
    trash.restore(french, by=edna)
    english.refresh_from_db()
    assert translations.translations_of(english) == [french]


def test_another_translation_takes_the_place_of_one_in_the_trash(edna: User) -> None:
    english, old = newsroom.draft("English"), newsroom.draft("Ancien", language="fr")
    translations.link(old, english)
    trash.move(old, by=edna)
    new = newsroom.draft("Nouveau", language="fr")
    english.refresh_from_db()
    translations.link(new, english)
    assert translations.translations_of(new) == [english]
    trash.restore(old, by=edna)
    assert old.translation_group is None


# Deleting for good


def test_articles_are_deleted_after_thirty_days_in_the_trash(edna: User) -> None:
    expired, recent = _unpublished("Expired", edna), newsroom.draft("Recent")
    parent = Comment.objects.create(article=expired, name="Ola", text="A comment.")
    Comment.objects.create(article=expired, name="Ola", text="A reply.", parent=parent)
    Placement.objects.create(article=expired, slot=Placement.Slot.LEAD, language="en")
    newsletter = Newsletter.objects.create(name="Weekly", slug="weekly")
    issue = Issue.objects.create(newsletter=newsletter, subject="Issue", slug="issue")
    IssueItem.objects.create(issue=issue, article=expired, position=1)
    _move_long_ago(expired, edna)
    _move_long_ago(recent, edna, days=29)
    assert trash.delete_expired() == 1
    assert list(Article.objects.all()) == [recent]
    assert not Comment.objects.exists()
    assert not Revision.objects.exclude(article=recent).exists()


def test_the_thirty_days_begin_again_when_an_article_is_moved_again(edna: User) -> None:
    article = newsroom.draft()
    _move_long_ago(article, edna)
    trash.restore(article, by=edna)
    assert trash.delete_expired() == 0
    trash.move(article, by=edna)
    assert trash.delete_expired() == 0


def test_an_article_that_was_restored_is_not_deleted(edna: User) -> None:
    article = newsroom.draft()
    trash.move(article, by=edna)
    trash.restore(article, by=edna)
    assert not trash.delete(article.pk)
    assert not trash.delete(article.pk + 1)
    assert Article.objects.exists()


def test_an_article_that_something_needs_stays_and_the_next_one_is_deleted(
    edna: User, caplog: Any
) -> None:
    needed, other = newsroom.draft("Needed"), newsroom.draft("Other")

    def protect(instance: Model, **signal: Any) -> None:
        if instance == needed:
            raise ProtectedError("needed", {other})

    pre_delete.connect(protect, sender=Article)
    try:
        for article in (needed, other):
            _move_long_ago(article, edna)
        with pytest.raises(trash.StillUsed, match="Other"):
            trash.delete(needed.pk)
        with caplog.at_level(logging.ERROR):
            assert trash.delete_expired() == 1
    finally:
        pre_delete.disconnect(protect, sender=Article)
    assert list(Article.objects.all()) == [needed]
    assert str(needed.pk) in caplog.text

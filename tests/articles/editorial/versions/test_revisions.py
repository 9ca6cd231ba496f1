"""Saving an article with a revision."""

import pytest

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from tests import newsroom


def test_saving_the_same_content_again_makes_no_new_revision(edna: User) -> None:
    article = newsroom.draft(by=edna)
    revisions.save(article, by=edna)
    assert article.revisions.count() == 1
    article.headline = "Other words"
    revisions.save(article, by=edna)
    assert [revision.number for revision in article.revisions.all()] == [2, 1]


def test_saving_a_form_from_before_the_publication_does_not_unpublish(edna: User) -> None:
    article = newsroom.draft()
    opened = Article.objects.get(pk=article.pk)
    publishing.publish(article, by=edna)
    opened.standfirst = "Written meanwhile."
    revisions.save(opened, by=edna)
    assert Article.objects.published().get().standfirst == "Written meanwhile."


def test_only_a_change_of_the_content_counts_as_an_update(edna: User) -> None:
    article = newsroom.published()
    article.comments_open = False
    revisions.save(article, by=edna)
    assert Article.objects.get().updated_at is None
    article.body = "<p>Something happened after all.</p>"
    revisions.save(article, by=edna)
    assert Article.objects.get().updated_at is not None


def test_an_article_opened_before_another_save_is_stale(edna: User, rui: User) -> None:
    article = newsroom.draft(by=rui)
    opened_at = article.version
    article.headline = "Edna was faster"
    revisions.save(article, by=edna)
    with pytest.raises(revisions.EditConflict) as stale:
        revisions.lock(article, opened_at=opened_at)
    assert stale.value.latest is not None
    assert stale.value.latest.created_by == edna


def test_the_text_is_sanitised_when_saved(edna: User) -> None:
    article = newsroom.draft(body='<h1>Ports</h1><script>alert(1)</script><p style="x">Words')
    assert article.body == "<h2>Ports</h2>\n<p>Words</p>"

"""Whether readers may comment: per article, and for the whole site."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.screening.models import ScreeningRule
from articles.comments.screening.pipeline import PRE_MODERATED
from articles.comments.submission.comment_policy import policy_of
from articles.editorial.models import Article
from iria.publication.models import Publication
from tests import commenting
from tests.articles.comments.conftest import Write


def post(article: Article, text: str = "I was there.") -> Comment:
    return commenting.post(article, name="Teo Brandt", email="teo@readers.example", text=text)


@pytest.fixture
def site(db: None) -> Publication:
    return Publication.objects.update_or_create(pk=1)[0]


@pytest.mark.parametrize(
    ("site_settings", "article_settings", "policy", "is_open"),
    [
        ({}, {}, "open", True),
        ({"comments_policy": "held"}, {}, "held", True),
        ({"comments_policy": "held"}, {"comments_policy": "open"}, "open", True),
        ({"comments_policy": "off"}, {}, "off", False),
        ({"comments_policy": "off"}, {"comments_policy": "held"}, "held", True),
        ({}, {"comments_policy": "off"}, "off", False),
        ({}, {"comments_open": False}, "open", False),
        ({"comments_close_after": 3}, {}, "open", False),
        ({"comments_close_after": 3}, {"comments_close_after": 0}, "open", True),
        ({"comments_close_after": 3}, {"comments_close_after": 9}, "open", True),
        ({}, {"comments_close_after": 2}, "open", False),
    ],
)
def test_the_site_has_the_default_policy_of_articles(
    article: Article,
    site: Publication,
    site_settings: dict[str, object],
    article_settings: dict[str, object],
    policy: str,
    is_open: bool,
) -> None:
    for row, changes in ((site, site_settings), (article, article_settings)):
        for name, value in changes.items():
            setattr(row, name, value)
    article.published_at = timezone.now() - timedelta(days=4)
    found = policy_of(article, site)
    assert (found.mode, found.is_open) == (policy, is_open)


def test_turned_off_comments_are_neither_shown_nor_accepted(
    client: Client, article: Article, write: Write
) -> None:
    comment = write("From before")
    Article.objects.update(comments_policy="off")
    page = client.get(article.get_absolute_url()).content.decode()
    assert "From before" not in page
    assert 'id="comments"' not in page
    for rest in ("comments/", "comments/newest/", f"comments/{comment.pk}/", "feed/"):
        assert client.get(article.get_absolute_url() + rest).status_code == 404
    assert client.get(f"/comments/{comment.pk}/").status_code == 404
    article.refresh_from_db()
    with pytest.raises(ValidationError, match="closed"):
        post(article)


def test_with_pre_moderation_no_comment_is_approved_by_rules(article: Article) -> None:
    ScreeningRule.objects.update(active=False)
    assert post(article).state == Comment.State.APPROVED
    article.comments_policy = "held"
    pending = post(article, "Once more.")
    assert pending.state == Comment.State.PENDING
    assert PRE_MODERATED in pending.moderations.get().reason


def test_a_closed_thread_is_shown_without_a_form(
    client: Client, article: Article, write: Write, site: Publication
) -> None:
    write("From before")
    site.comments_close_after = 10
    site.save()
    Article.objects.update(published_at=timezone.now() - timedelta(days=11))
    page = client.get(article.get_absolute_url()).content.decode()
    assert "From before" in page
    assert "Comments on this article are closed." in page
    assert "comment-form" not in page
    assert client.get(f"/comments/token/?article={article.pk}").status_code == 404
    assert not policy_of(Article.objects.get(), site).is_open


def test_the_form_mentions_moderation_only_with_pre_moderation(
    client: Client, article: Article
) -> None:
    notice = "A moderator reads every comment before it appears."
    pages = (article.get_absolute_url(), f"/comments/new/?article={article.pk}")
    for policy, shown in (("open", False), ("held", True)):
        Article.objects.update(comments_policy=policy)
        cache.clear()
        for page in pages:
            assert (notice in client.get(page).content.decode()) is shown

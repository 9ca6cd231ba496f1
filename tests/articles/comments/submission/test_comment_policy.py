"""Whether readers may comment: per article, and for the whole site."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.screening.models import ScreeningRule
from articles.comments.screening.pipeline import PRE_MODERATED
from articles.comments.submission import posting
from articles.comments.submission.comment_policy import settings_of
from articles.comments.submission.posting import SubmissionError
from articles.editorial.models import Article
from iria.publication.models import Publication
from tests.articles.comments.conftest import Write


def sent(article: Article, text: str = "I was there.") -> Comment:
    return posting.post(article, name="Teo Brandt", email="teo@readers.example", text=text)


@pytest.fixture
def site(db: None) -> Publication:
    return Publication.objects.update_or_create(pk=1)[0]


@pytest.mark.parametrize(
    ("of_site", "of_article", "policy", "is_open"),
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
def test_what_an_article_leaves_open_the_site_says(
    article: Article,
    site: Publication,
    of_site: dict[str, object],
    of_article: dict[str, object],
    policy: str,
    is_open: bool,
) -> None:
    for row, changes in ((site, of_site), (article, of_article)):
        for name, value in changes.items():
            setattr(row, name, value)
    article.published_at = timezone.now() - timedelta(days=4)
    settings = settings_of(article, site)
    assert (settings.policy, settings.is_open) == (policy, is_open)


def test_where_comments_are_off_none_is_shown_and_none_taken(
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
    with pytest.raises(SubmissionError, match="closed"):
        sent(article)


def test_where_every_comment_is_held_first_no_rule_lets_one_through(article: Article) -> None:
    ScreeningRule.objects.update(active=False)
    assert sent(article).state == Comment.State.APPROVED
    article.comments_policy = "held"
    held = sent(article, "Once more.")
    assert held.state == Comment.State.PENDING
    assert PRE_MODERATED in held.moderations.get().reason


def test_after_its_days_a_thread_stays_and_its_form_is_gone(
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
    assert not settings_of(Article.objects.get(), site).is_open


def test_the_form_promises_a_moderator_only_where_one_reads_every_comment(
    client: Client, article: Article
) -> None:
    promise = "A moderator reads every comment before it appears."
    pages = (article.get_absolute_url(), f"/comments/new/?article={article.pk}")
    for policy, promised in (("open", False), ("held", True)):
        Article.objects.update(comments_policy=policy)
        cache.clear()
        for page in pages:
            assert (promise in client.get(page).content.decode()) is promised

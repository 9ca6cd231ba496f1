"""Publishing, scheduling and unpublishing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, Redirect
from articles.editorial.versions import revisions
from iria.publication.models import current_publication
from tests import newsroom


def test_a_published_article_has_a_url_with_its_month(edna: User) -> None:
    article = newsroom.draft("Ferries run on time")
    publishing.publish(article, by=edna, at=datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert article.get_absolute_url() == "/2026/03/ferries-run-on-time/"
    assert Article.objects.published().get() == article


def test_the_month_is_that_of_the_publications_time_zone(edna: User) -> None:
    row = current_publication()
    row.time_zone = "Asia/Tokyo"
    row.save()
    article = newsroom.draft("Late at night")
    publishing.publish(article, by=edna, at=datetime(2026, 3, 31, 20, tzinfo=UTC))
    assert (article.year, article.month) == (2026, 4)


def test_two_articles_of_one_month_may_share_a_headline(edna: User) -> None:
    first = newsroom.published("The week ahead")
    second = newsroom.published("The week ahead")
    assert first.slug == "the-week-ahead"
    assert second.slug == "the-week-ahead-2"


def test_an_uncredited_image_blocks_publishing(edna: User) -> None:
    image = newsroom.picture(credit="")
    article = newsroom.draft(
        body=f'<p>Words.</p><figure data-image="{image.pk}"><figcaption>A quay</figcaption></figure>'
    )
    with pytest.raises(publishing.NotReady, match="has no credit"):
        publishing.publish(article, by=edna)
    assert not Article.objects.published().exists()


def test_a_schedule_in_the_past_is_rejected(edna: User) -> None:
    article = newsroom.draft()
    with pytest.raises(publishing.NotReady, match="past"):
        publishing.schedule(article, by=edna, at=timezone.now() - timedelta(minutes=1))
    article.refresh_from_db()
    assert article.state == Article.State.DRAFT


def test_an_article_missed_while_the_worker_was_down_is_published_late(edna: User) -> None:
    article = newsroom.draft()
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.update(publish_at=timezone.now() - timedelta(hours=5))
    assert publishing.publish_due() == 1
    assert Article.objects.published().count() == 1


def test_an_unpublished_article_is_gone_and_can_return_to_its_url(edna: User) -> None:
    article = newsroom.published("Back again")
    url = article.get_absolute_url()
    publishing.unpublish(article, by=edna)
    assert not Article.objects.published().exists()
    publishing.publish(article, by=edna)
    assert article.get_absolute_url() == url


def test_a_changed_slug_leaves_a_redirect(edna: User) -> None:
    article = newsroom.published("Old words")
    old = article.get_absolute_url()
    article.slug = "new-words"
    revisions.save(article, by=edna)
    assert Redirect.objects.get(old_path=old).article == article
    assert article.get_absolute_url().endswith("/new-words/")


def test_returning_to_the_first_slug_makes_no_redirect_loop(edna: User) -> None:
    article = newsroom.published("Old words")
    for slug in ("new-words", "old-words"):
        article.slug = slug
        revisions.save(article, by=edna)
    assert not Redirect.objects.filter(old_path=article.get_absolute_url()).exists()


def test_an_article_unscheduled_in_the_meantime_is_not_published(edna: User) -> None:
    article = newsroom.draft()
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    publishing.unpublish(article, by=edna)
    Article.objects.update(publish_at=timezone.now() - timedelta(hours=5))
    assert publishing.publish_due() == 0
    article.refresh_from_db()
    assert article.state == Article.State.DRAFT


def test_an_article_that_is_no_longer_ready_is_unscheduled_and_blocks_no_other(edna: User) -> None:
    unready, ready = newsroom.draft("Lost its text"), newsroom.draft("Still whole")
    for article in (unready, ready):
        publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.update(publish_at=timezone.now() - timedelta(minutes=1))
    Article.objects.filter(pk=unready.pk).update(body="")
    assert publishing.publish_due() == 1
    assert Article.objects.published().get() == ready
    assert Article.objects.overdue().get() == unready


def test_a_rescheduled_article_is_no_longer_overdue(edna: User) -> None:
    article = newsroom.draft()
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.update(publish_at=timezone.now() - timedelta(minutes=1), body="")
    publishing.publish_due()
    article.refresh_from_db()
    article.body = "<p>Whole again.</p>"
    revisions.save(article, by=edna)
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    assert not Article.objects.overdue().exists()


def test_an_error_in_one_article_does_not_stop_the_others(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = newsroom.draft("Broken"), newsroom.draft("Sound")
    for article in (broken, sound):
        publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.update(publish_at=timezone.now() - timedelta(minutes=1))

    def blockers(article: Article) -> list[str]:
        if article.pk == broken.pk:
            raise RuntimeError
        return []

    monkeypatch.setattr(publishing, "publish_blockers", blockers)
    assert publishing.publish_due() == 1
    assert Article.objects.published().get() == sound


def test_unscheduling_an_unpublished_article_leaves_it_unpublished(edna: User) -> None:
    article = newsroom.published()
    publishing.unpublish(article, by=edna)
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    publishing.unpublish(article, by=edna)
    assert article.state == Article.State.UNPUBLISHED


def test_a_headline_that_would_make_a_reserved_url_gets_a_number(edna: User) -> None:
    article = newsroom.draft("Feed")
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    publishing.publish(article, by=edna)
    assert article.slug == "feed-2"


def test_the_old_url_of_one_article_is_not_given_to_another(edna: User) -> None:
    first = newsroom.published("Ferries")
    first.slug = "ferries-and-ports"
    revisions.save(first, by=edna)
    second = newsroom.published("Ferries")
    assert second.slug == "ferries-2"


def test_an_image_that_is_missing_from_the_library_blocks_publishing(edna: User) -> None:
    article = newsroom.draft(body='<p>Words.</p><figure data-image="4711"></figure>')
    with pytest.raises(publishing.NotReady, match="4711"):
        publishing.publish(article, by=edna)

"""Publishing, scheduling and unpublishing, and undoing it.

Undoing an unpublication.
"""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import permissions, publishing
from articles.editorial.admin.trash import BROKEN, TOO_LATE
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, Draft, Redirect
from articles.editorial.versions import drafts, revisions
from articles.editorial.versions.content import content_of
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, press, visible_text


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


LIST = "/admin/articles/article/"
UNDO = f"{LIST}undo-unpublishing/"


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def _undo(token: str, by: User) -> Article:
    return publishing.undo_unpublishing(publishing.read_undo_token(token), by=by)


def test_undo_publishes_again_with_the_same_dates_and_url(edna: User) -> None:
    article = newsroom.published("Before")
    drafts.save(article, {"headline": "After"}, by=edna)
    publishing.publish_changes(article, by=edna)
    dates, url = (article.published_at, article.updated_at), article.get_absolute_url()
    token = publishing.unpublish_with_undo(article, by=edna)
    assert not article.is_published
    article = _undo(token, edna)
    assert article.is_published
    assert (article.published_at, article.updated_at) == dates
    assert article.get_absolute_url() == url
    assert article.withdrawn_at is None


def test_undo_brings_back_the_draft_beside_what_readers_saw(edna: User) -> None:
    article = newsroom.published("As published", tags=["ferries"])
    before = content_of(article)
    drafts.save(article, {"headline": "Half a sen", "tags": [], "slug": "other"}, by=edna)
    publish_at = timezone.now() + timedelta(hours=1)
    Draft.objects.update(publish_at=publish_at)
    token = publishing.unpublish_with_undo(article, by=edna)
    assert article.headline == "Half a sen"
    article = _undo(token, edna)
    assert content_of(article) == before
    assert article.updated_at is None
    draft = drafts.draft_of(article)
    assert draft is not None
    assert (draft.revision.headline, draft.publish_at) == ("Half a sen", publish_at)
    assert publishing.publish_changes(article, by=edna)
    assert Article.objects.published().get().slug == "other"


def test_an_article_that_was_changed_since_is_not_published(edna: User) -> None:
    edited, republished = newsroom.published("Edited"), newsroom.published("Again")
    tokens = [publishing.unpublish_with_undo(each, by=edna) for each in (edited, republished)]
    drafts.save(edited, {"headline": "Changed since"}, by=edna)
    publishing.publish(republished, by=edna)
    publishing.unpublish(republished, by=edna)
    for token in tokens:
        with pytest.raises(NotReady):
            _undo(token, edna)
    assert not Article.objects.published().exists()


def test_an_article_that_is_not_ready_stays_unpublished_with_its_draft(edna: User) -> None:
    image = newsroom.picture()
    article = newsroom.published(lead_image=image)
    drafts.save(article, {"headline": "Changed"}, by=edna)
    token = publishing.unpublish_with_undo(article, by=edna)
    image.withdrawn_at = timezone.now()
    image.save()
    with pytest.raises(NotReady):
        _undo(token, edna)
    article.refresh_from_db()
    assert (article.state, article.headline) == (Article.State.UNPUBLISHED, "Changed")


def test_unscheduling_offers_no_undo(edna: User) -> None:
    article = newsroom.draft()
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    assert publishing.unpublish_with_undo(article, by=edna) == ""
    assert article.state == Article.State.DRAFT


# The button in the message


def test_the_message_after_unpublishing_offers_undo(editor_client: Client) -> None:
    article = newsroom.published("Out")
    url = f"{LIST}{article.pk}/unpublish/"
    page = editor_client.post(url, follow=True)
    assert not Article.objects.published().exists()
    page = press(editor_client, page, UNDO)
    assert page.redirect_chain[-1][0] == change_url(article)
    assert Article.objects.published().exists()


def test_an_article_whose_draft_cannot_become_it_stays_published_with_a_message(
    editor_client: Client, edna: User
) -> None:
    article = newsroom.published("Out")
    drafts.save(article, {"headline": ""}, by=edna)
    page = editor_client.post(f"{LIST}{article.pk}/unpublish/", follow=True)
    (message,) = page.context["messages"]
    assert message.level == messages.ERROR
    assert Article.objects.published().get().headline == "Out"


def test_undo_of_selected_articles_publishes_each_again(editor_client: Client) -> None:
    articles = [newsroom.published("One"), newsroom.published("Two")]
    chosen: dict[str, Any] = {ACTION_CHECKBOX_NAME: [each.pk for each in articles]}
    sent = {"action": "unpublish_selected", "confirmed": "1", **chosen}
    page = editor_client.post(LIST, sent, follow=True)
    assert not Article.objects.published().exists()
    press(editor_client, page, UNDO)
    assert Article.objects.published().count() == 2


def test_undo_after_a_minute_says_that_it_is_over(
    editor_client: Client, edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = newsroom.published()
    a_minute_ago = SimpleNamespace(time=lambda: time.time() - 62)
    with monkeypatch.context() as patch:
        patch.setattr(signing, "time", a_minute_ago)
        token = publishing.unpublish_with_undo(article, by=edna)
    page = editor_client.post(UNDO, {"token": token}, follow=True)
    assert TOO_LATE in visible_text(page)
    assert not Article.objects.published().exists()


def test_a_changed_token_publishes_nothing(editor_client: Client, edna: User) -> None:
    article = newsroom.published()
    token = publishing.unpublish_with_undo(article, by=edna)
    page = editor_client.post(UNDO, {"token": f"x{token}"}, follow=True)
    assert BROKEN in visible_text(page)
    assert not Article.objects.published().exists()
    assert editor_client.get(UNDO).status_code == 302


def test_undo_names_an_article_that_was_changed_since(editor_client: Client, edna: User) -> None:
    article = newsroom.published("Out")
    token = publishing.unpublish_with_undo(article, by=edna)
    drafts.save(article, {"headline": "Changed since"}, by=edna)
    page = editor_client.post(UNDO, {"token": token}, follow=True)
    assert "“Changed since”" in visible_text(page)
    assert not Article.objects.published().exists()


def test_a_reporter_does_not_publish_with_undo(client: Client, rui: User, edna: User) -> None:
    article = newsroom.published(by=rui)
    token = publishing.unpublish_with_undo(article, by=edna)
    assert permissions.may_change(rui, article)
    client.force_login(rui)
    assert client.post(UNDO, {"token": token}).status_code == 403
    assert not Article.objects.published().exists()

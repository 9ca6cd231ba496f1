"""Images appear and disappear when their licence begins and ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article, Revision, StateChange
from articles.images.library.editing import update_image
from articles.images.models import Image
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db

END = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
"""At noon, because pages also change at the end of the day."""
CAPTION = "Cranes, seen from the mole"

At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock that the pages use, but not that of the database."""

    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def article(db: None) -> Article:
    image = sample_content.sized(newsroom.picture(licence_until=END))
    body = (
        f'<p>Words.</p><figure data-image="{image.pk}"><figcaption>{CAPTION}</figcaption></figure>'
    )
    return newsroom.published("Ferries", body=body, lead_image=image, lead_caption="At the quay")


def test_the_etag_of_a_page_changes_when_a_licence_ends(
    client: Client, article: Article, at: At
) -> None:
    """Without a write or a running worker."""
    for url in (article.get_absolute_url(), "/", "/feed/", "/sitemap.xml", "/api/v1/pictures/"):
        at(END - timedelta(seconds=1))
        before = client.get(url)
        assert client.get(url, headers={"If-None-Match": before["ETag"]}).status_code == 304
        assert b"/pictures/" in before.content
        at(END)
        after = client.get(url, headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert b"/pictures/" not in after.content


def test_its_caption_stays_with_a_placeholder_and_its_credit_is_removed(
    client: Client, article: Article, at: At
) -> None:
    at(END)
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.count("figure-withheld") == 2
    assert CAPTION in page
    assert "At the quay" in page
    assert "Ines Faro" not in page


def test_it_returns_when_the_licence_is_extended(client: Client, article: Article, at: At) -> None:
    at(END)
    cached = client.get(article.get_absolute_url())
    Image.objects.update(licence_until=END + timedelta(days=300))
    again = client.get(article.get_absolute_url(), headers={"If-None-Match": cached["ETag"]})
    assert again.status_code == 200
    assert b"/pictures/" in again.content


def test_it_appears_when_a_licence_begins(client: Client, article: Article, at: At) -> None:
    Image.objects.update(licence_from=END - timedelta(hours=1))
    cached = client.get(article.get_absolute_url())
    assert b"/pictures/" not in cached.content
    at(END - timedelta(hours=1))
    page = client.get(article.get_absolute_url(), headers={"If-None-Match": cached["ETag"]})
    assert b"/pictures/" in page.content


def test_a_page_is_stored_until_the_end_of_a_licence(
    client: Client, article: Article, at: At
) -> None:
    at(END - timedelta(seconds=25))
    response: Any = client.get(article.get_absolute_url())
    assert response.freshness.until == response.freshness.next_change == END
    at(END)
    response = client.get("/")
    assert response.freshness.until > END


def test_a_conditional_request_by_date_alone_detects_the_end_of_a_licence(
    client: Client, article: Article, at: At
) -> None:
    at(END - timedelta(minutes=1))
    before = client.get("/feed/")["Last-Modified"]
    at(END)
    after = client.get("/feed/", headers={"If-Modified-Since": before})
    assert after.status_code == 200
    assert b"/pictures/" not in after.content


def test_an_image_without_archive_rights_is_hidden_after_thirty_days(
    client: Client, article: Article, at: At
) -> None:
    Image.objects.update(licence_until=None, licensed_for_archive=False)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last_day = midnight + timedelta(days=31) - timedelta(seconds=1)
    urls = (article.get_absolute_url(), "/", "/feed/", "/sitemap.xml", "/api/v1/pictures/")
    at(last_day)
    cached = {url: client.get(url) for url in urls}
    assert all(b"/pictures/" in response.content for response in cached.values())
    at(last_day + timedelta(seconds=1))
    for url, before in cached.items():
        after = client.get(url, headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert b"/pictures/" not in after.content, url


def test_the_pages_need_no_additional_query(
    client: Client, article: Article, django_assert_num_queries: Any
) -> None:
    tag = client.get("/")["ETag"]
    with django_assert_num_queries(1):
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304


def test_a_conditional_request_by_date_alone_detects_a_corrected_credit(
    client: Client, article: Article, edna: User
) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    for rows in (Revision.objects, StateChange.objects):
        rows.update(created_at=long_ago)
    Article.objects.update(published_at=long_ago, updated_at=None)
    before = client.get("/feed/")["Last-Modified"]
    update_image(article.lead_image, by=edna, credit="Jon Aske/via Harbour Agency")  # type: ignore[arg-type]
    after = client.get("/feed/", headers={"If-Modified-Since": before})
    assert after.status_code == 200
    assert b"Jon Aske/via Harbour Agency" in after.content

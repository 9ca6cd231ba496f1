"""Preview links of unpublished articles."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml.html import fromstring

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, RelatedPick, Series, SeriesPart
from articles.editorial.preview_links import preview_url
from articles.editorial.versions import drafts
from tests import newsroom


def test_a_draft_is_shown_with_all_its_parts(client: Client, edna: User) -> None:
    article = newsroom.draft(
        "Not out yet",
        body='<h2>Ports</h2><p>Words<span data-footnote="A note."></span>.</p>',
        authors=[newsroom.author("Ines Faro")],
        tags=["shipping"],
    )
    page = client.get(preview_url(article))
    html = page.content.decode()
    assert page.status_code == 200
    for text in ("Not out yet", "Ports", "A note.", "Ines Faro", "shipping", "Draft"):
        assert text in html


def test_a_preview_is_neither_cached_nor_indexed(client: Client, db: None) -> None:
    page = client.get(preview_url(newsroom.draft()))
    assert page["Cache-Control"] == "private, no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex"' in page.content.decode()
    assert page.cookies == {}


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_an_incomplete_link_gets_an_error_message(client: Client, db: None, cut: int) -> None:
    url = preview_url(newsroom.draft())
    page = client.get(url.rstrip("/")[:-cut] + "/")
    assert page.status_code == 404
    assert "This preview link is invalid." in page.content.decode()


def test_a_link_expires_after_a_week(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = preview_url(newsroom.draft("Not out yet"))
    monkeypatch.setattr("articles.editorial.preview_links.VALID_FOR", timedelta(seconds=-1))
    page = client.get(url)
    assert page.status_code == 410
    assert "This preview link has expired." in page.content.decode()
    assert "Not out yet" not in page.content.decode()


def test_a_link_from_before_the_article_was_unpublished_no_longer_works(
    client: Client, edna: User
) -> None:
    article = newsroom.draft("Taken back")
    url = preview_url(article)
    publishing.publish(article, by=edna)
    publishing.unpublish(article, by=edna)
    assert client.get(url).status_code == 410
    assert client.get(preview_url(article)).status_code == 200


def test_a_preview_of_a_published_article_redirects_to_its_page(client: Client, edna: User) -> None:
    article = newsroom.draft()
    url = preview_url(article)
    publishing.publish(article, by=edna)
    assert client.get(url)["Location"] == article.get_absolute_url()


def test_a_scheduled_article_can_be_previewed(client: Client, edna: User) -> None:
    article = newsroom.draft()
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=2))
    assert "Scheduled" in client.get(preview_url(article)).content.decode()


def test_a_link_to_a_deleted_article_is_expired(client: Client, db: None) -> None:
    url = preview_url(newsroom.draft())
    for article in Article.objects.all():
        article.delete()
    assert client.get(url).status_code == 410


def test_a_caption_of_the_lead_image_keeps_its_emphasis(client: Client, db: None) -> None:
    article = newsroom.draft(lead_image=newsroom.picture(), lead_caption="Cranes & <em>quays</em>")
    html = client.get(preview_url(article)).content.decode()
    assert "Cranes &amp; <em>quays</em>" in html


@pytest.mark.parametrize("published", [False, True])
def test_the_picks_and_the_series_are_those_of_the_draft(
    published: bool, client: Client, edna: User
) -> None:
    series, former = Series.objects.create(name="Straits"), Series.objects.create(name="Ports")
    first, last = newsroom.published("The first part"), newsroom.published("The last part")
    SeriesPart.objects.create(series=series, article=first, position=1)
    SeriesPart.objects.create(series=series, article=last, position=3)
    article = newsroom.published("Hormuz") if published else newsroom.draft("Hormuz")
    SeriesPart.objects.create(series=former, article=article)
    RelatedPick.objects.create(article=article, picked=first)
    picked = newsroom.published("The second pick")
    place = {"series": [{"id": series.pk, "name": "Straits"}], "series_position": 2}
    drafts.save(article, {**place, "picks": [last.pk, picked.pk]}, by=edna)
    page = fromstring(client.get(preview_url(article)).content)
    assert [part.text_content().strip() for part in page.cssselect(".article-series li")] == [
        "The first part",
        "Hormuz",
        "The last part",
    ]
    read_next = [card.text_content() for card in page.cssselect(".related-list h3")]
    assert [text.strip() for text in read_next[:2]] == ["The last part", "The second pick"]


def test_the_number_of_queries_does_not_depend_on_the_article(
    client: Client, edna: User, django_assert_max_num_queries: Any
) -> None:
    authors = [newsroom.author(f"Author {number}") for number in range(5)]
    url = preview_url(newsroom.draft(authors=authors, tags=list("abcde")))
    client.get(url)
    with django_assert_max_num_queries(10):
        client.get(url)

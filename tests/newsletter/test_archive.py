"""Past issues on the site."""

import pytest
from django.test import Client
from lxml import html as lxml_html
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from articles.editorial import publishing
from newsletter.delivery import sending
from newsletter.email import drafts
from newsletter.models import Issue
from tests.newsletter.factories import issue, mail_image, subscriber
from tests.newsroom import published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def test_a_draft_is_not_public(client: Client) -> None:
    draft = issue("Not yet")
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert b"Not yet" not in client.get("/newsletter/issues/").content


def test_an_issue_is_public_when_sending_starts(client: Client, edna: User) -> None:
    subscriber()
    draft = issue("What moved", introduction="<p>Good <em>morning</em>.</p>")
    sending.start(draft, by=edna)
    response = client.get(draft.get_absolute_url())
    assert response.status_code == 200
    assert b"<p>Good <em>morning</em>.</p>" in response.content
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert draft.get_absolute_url() in client.get("/newsletter/issues/").content.decode()
    assert draft.get_absolute_url() in client.get("/newsletter/").content.decode()


def test_the_latest_issue_is_shown_where_readers_sign_up(client: Client, edna: User) -> None:
    subscriber()
    assert "newsletter-sheet" not in client.get("/newsletter/").content.decode()
    image = mail_image()
    stored, unpublished = published("Still here", lead_image=image), published("Gone")
    latest = issue("What moved", unpublished, stored, introduction="<p>Good <em>morning</em>.</p>")
    sending.start(latest, by=edna)
    publishing.unpublish(unpublished, by=edna)
    tree = lxml_html.document_fromstring(client.get("/newsletter/").content)
    (sheet,) = tree.find_class("newsletter-sheet")
    links = [link.get("href") for link in sheet.iter("a")]
    assert latest.get_absolute_url() in links
    assert stored.get_absolute_url() in links
    assert "Good morning." in sheet.text_content()
    assert "Gone" not in sheet.text_content()
    (shown,) = sheet.iter("img")
    assert shown.get("alt") == image.alt_text
    assert "Ines Faro" in next(sheet.iter("figcaption")).text_content()


def test_an_unpublished_article_leaves_the_archive_too(client: Client, edna: User) -> None:
    subscriber()
    stored, unpublished = published("Still here"), published("Gone")
    draft = issue("Both", unpublished, stored)
    sending.start(draft, by=edna)
    publishing.unpublish(unpublished, by=edna)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "Still here" in page
    assert "Gone" not in page


def test_the_archive_has_a_constant_number_of_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (2, 12):
        stories = [published(f"Story {count} {n}", lead_image=mail_image()) for n in range(count)]
        draft = issue(f"With {count}", *stories)
        Issue.objects.filter(pk=draft.pk).update(
            state="sent",
            started_at=draft.created_at,
            sent_at=draft.created_at,
            sent_html="x",
            sent_text="x",
        )
        with django_assert_max_num_queries(10) as asked:
            assert client.get(draft.get_absolute_url()).status_code == 200
        with django_assert_max_num_queries(10) as asked_for_all:
            assert draft.subject in client.get("/newsletter/issues/").content.decode()
        # The stored HTML is not loaded.
        queries = [*asked.captured_queries, *asked_for_all.captured_queries]
        assert not [query for query in queries if "sent_html" in query["sql"]]


def test_a_page_beyond_the_last_is_not_found(client: Client) -> None:
    assert client.get("/newsletter/issues/?page=2").status_code == 404
    assert client.get("/newsletter/issues/?page=x").status_code == 404


def test_sections_and_image_are_in_the_archive_as_in_the_mail(client: Client, edna: User) -> None:
    subscriber()
    asia, europe, unpublished = published("Tokyo"), published("Lisbon"), published("Gone")
    image = mail_image(credit="Ines Faro")
    draft = issue("Three", asia, europe, unpublished, image=image, image_caption="A <em>quay</em>.")
    draft.items.filter(article=europe).update(heading="Europe")
    draft.items.filter(article=unpublished).update(heading="Withdrawn")
    sending.start(draft, by=edna)
    publishing.unpublish(unpublished, by=edna)
    tree = lxml_html.document_fromstring(client.get(draft.get_absolute_url()).content)
    headings = [each.text_content().strip() for each in tree.xpath("//main//h2 | //main//h3")]
    assert headings == ["Tokyo", "Europe", "Lisbon"]
    caption = " ".join(tree.xpath("//main//figure//figcaption")[0].text_content().split())
    assert caption.startswith("A quay.")
    assert "Ines Faro" in caption


def test_past_issues_have_feeds_in_every_format(client: Client, edna: User) -> None:
    subscriber()
    stored, unpublished = published("Still here", standfirst="Why."), published("Gone")
    draft = issue("What <moved>", stored, unpublished, introduction="<p>Good <em>morning</em>.</p>")
    issue("A draft")
    sending.start(draft, by=edna)
    publishing.unpublish(unpublished, by=edna)
    for form, kind in (("", "rss+xml"), ("atom/", "atom+xml"), ("json/", "feed+json")):
        response = client.get(f"/newsletter/issues/feed/{form}")
        assert response.status_code == 200
        assert kind in response["Content-Type"]
        assert "public" in response["Cache-Control"]
        content = response.content.decode()
        assert "Still here" in content
        assert "Good morning." in content
        assert "Gone" not in content
        assert "A draft" not in content
    (item,) = client.get("/newsletter/issues/feed/json/").json()["items"]
    assert item["title"] == "What <moved>"
    assert item["url"].endswith(draft.get_absolute_url())
    assert item["content_html"].startswith("<p>Good <em>morning</em>.</p>")
    assert "/newsletter/issues/feed/" in client.get("/newsletter/issues/").content.decode()


def test_no_issue_can_have_the_slug_of_the_feed() -> None:
    assert drafts.free_slug(Issue(subject="Feed")) == "feed-2"

"""The page of an article."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from lxml import html as lxml_html

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial import publishing, revising
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.reading import full_house

pytestmark = pytest.mark.django_db


def page(client: Client, article: Article) -> str:
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def words_of(html: str) -> str:
    """What a reader reads, on one line."""
    body = lxml_html.document_fromstring(html).find("body")
    assert body is not None
    for script in list(body.iter("script", "style")):
        script.drop_tree()
    return " ".join("".join(body.itertext()).split())


def full_article() -> Article:
    publication = current_publication()
    publication.name = "Meridian"
    publication.about = "We study straits."
    publication.contact_email = "reports@meridian.example"
    publication.save()
    sections = [newsroom.category("Asia-Pacific"), newsroom.category("News", position=1)]
    article = full_house.illustrated("The long way", figures=2, categories=sections)
    other = newsroom.published("A short way", lead_picture=full_house.sized(newsroom.picture()))
    full_house.related(article, [other])
    full_house.comments(article, 1)
    return article


def test_every_part_of_the_page_stands_in_its_order(client: Client) -> None:
    text = words_of(page(client, full_article()))
    parts = [
        "Skip to the content",
        "Asia-Pacific, News",
        "The long way",
        "What did not happen, and why it matters.",
        "By Author of The long way and Second of The long way",
        "1 March 2026",
        "1 Comment on The long way",
        "Morning at the quay (Image Credit: Ines Faro/via Meridian Pictures)",
        "Words before.",
        "A quay (Image Credit: Ines Faro 0)",
        "A quay (Image Credit: Ines Faro 1)",
        "It was Tuesday, not Monday.",
        "shipping",
        "A short way",
        "1 Comment",
        "I read it twice.",
        "Leave a comment",
        "Subscribe to Meridian News – Enter your email address",
        "We study straits.",
        "For client reports write to reports@meridian.example",
        "© 2014–",
        "Back to top",
    ]
    place = 0
    for part in parts:
        assert part in text[place:], f"“{part}” does not stand after what comes before it"
        place = text.index(part, place) + len(part)
    assert text.endswith("Back to top")


def test_the_page_has_one_headline_one_foot_and_a_thread_with_an_address(client: Client) -> None:
    tree = lxml_html.document_fromstring(page(client, full_article()))
    assert len(tree.findall(".//h1")) == 1
    assert len(tree.findall(".//footer")) == 1
    assert tree.get_element_by_id("comments") is not None
    assert tree.xpath("(//footer//a)[last()]/@href") == ["#top"]
    links = tree.xpath("//a[@href='#comments']")
    assert ["".join(link.itertext()) for link in links] == ["1 Comment on The long way"]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "No Comments on"), (1, "1 Comment on"), (12, "12 Comments on")]
)
def test_the_link_to_the_thread_counts_what_can_be_read(
    client: Client, count: int, words: str
) -> None:
    article = newsroom.published("Quiet")
    full_house.comments(article, count)
    Comment.objects.create(article=article, name="Held", text="Not seen yet.")
    assert f"{words} Quiet" in words_of(page(client, article))


def test_an_update_is_told_with_its_date_and_a_first_publication_is_not(
    client: Client, edna: User
) -> None:
    article = newsroom.published("Quiet", at=datetime(2026, 3, 1, tzinfo=UTC))
    assert "Updated" not in page(client, article)
    article.body = "<p>Better words.</p>"
    revising.save(article, by=edna)
    assert "Updated" in page(client, article)


def test_dates_are_those_of_the_publications_zone(client: Client) -> None:
    publication = current_publication()
    publication.zone = "Asia/Tokyo"
    publication.save()
    article = newsroom.published("Late", at=datetime(2026, 3, 31, 20, tzinfo=UTC))
    assert '<time datetime="2026-04-01T05:00:00+09:00">1 April 2026</time>' in page(client, article)


def test_an_article_written_from_the_right_is_set_from_the_right(client: Client) -> None:
    article = newsroom.published("أسبوع هادئ", language="ar")
    html = page(client, article)
    assert '<html lang="ar" dir="rtl">' in html
    assert '<footer class="foot" lang="en" dir="ltr">' in html


def test_a_kind_that_is_also_the_section_is_not_said_twice(client: Client) -> None:
    article = newsroom.published("Quiet", categories=[newsroom.category("News")])
    kicker = lxml_html.document_fromstring(page(client, article)).find_class("kicker")[0]
    assert "".join(kicker.itertext()).split() == ["News"]


def test_a_lead_picture_that_lost_its_credit_is_not_shown(client: Client) -> None:
    picture = full_house.sized(newsroom.picture())
    article = newsroom.published("Quiet", lead_picture=picture)
    assert "<img" in page(client, article)
    picture.credit = ""
    picture.save()
    assert "<img" not in page(client, article)


@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn"])
def test_what_is_not_published_has_no_page(client: Client, edna: User, state: str) -> None:
    article = newsroom.published("Quiet") if state == "withdrawn" else newsroom.draft("Quiet")
    if state == "withdrawn":
        publishing.withdraw(article, by=edna)
    if state == "scheduled":
        later = datetime.now(UTC) + timedelta(days=1)
        publishing.schedule(article, by=edna, at=later)
    year, month = article.year or 2026, article.month or 3
    assert client.get(f"/{year}/{month:02}/{article.slug or 'quiet'}/").status_code == 404


def test_the_time_to_read_is_counted_in_words_and_in_signs(client: Client) -> None:
    long = newsroom.published("Long", body="<p>" + "word " * 1150 + "</p>")
    chinese = newsroom.published("长", language="zh", body="<p>" + "字" * 900 + "</p>")
    assert "5 min read" in page(client, long)
    assert "2 min read" in page(client, chinese)


def test_a_page_is_the_same_for_everybody_and_nothing_in_it_is_made_for_one(
    client: Client, edna: User
) -> None:
    article = full_article()
    first = client.get(article.get_absolute_url())
    client.force_login(edna)
    second = client.get(article.get_absolute_url(), headers={"Accept-Language": "ar"})
    assert first.content == second.content
    assert not re.search(r"nonce|csrf", first.content.decode())

"""The page of an article."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial import publishing
from articles.editorial.models import Article, Portrait
from articles.editorial.versions import drafts, revisions
from iria.publication import menus
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db


def page(client: Client, article: Article) -> str:
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def text_of_page(html: str) -> str:
    """The visible text, on one line."""
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
    article = sample_content.illustrated("The long way", figures=2, categories=sections)
    other = newsroom.published("A short way", lead_image=sample_content.sized(newsroom.picture()))
    sample_content.related(article, [other])
    sample_content.comments(article, 1)
    return article


def test_every_part_of_the_page_is_in_order(client: Client) -> None:
    text = text_of_page(page(client, full_article()))
    parts = [
        "Skip to content",
        "Asia-Pacific News",
        "The long way",
        "What did not happen, and why it matters.",
        "By Author of The long way and Second of The long way",
        "1 March 2026",
        "1 comment",
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


def test_the_page_has_one_headline_one_footer_and_a_link_to_the_thread(client: Client) -> None:
    tree = lxml_html.document_fromstring(page(client, full_article()))
    assert len(tree.findall(".//h1")) == 1
    assert len(tree.findall(".//footer")) == 1
    assert tree.get_element_by_id("comments") is not None
    assert tree.xpath("(//footer//a)[last()]/@href") == ["#top"]
    links = tree.xpath("//a[@href='#comments']")
    assert [link.text_content().strip() for link in links] == ["1 comment"]


@pytest.mark.parametrize(("count", "number"), [(0, ""), (1, "1"), (12, "12")])
def test_the_link_to_the_thread_shows_the_number_of_visible_comments(
    client: Client, count: int, number: str
) -> None:
    article = newsroom.published("Quiet")
    sample_content.comments(article, count)
    Comment.objects.create(article=article, name="Held", text="Not seen yet.")
    tree = lxml_html.document_fromstring(page(client, article))
    (link,) = tree.xpath("//ul[@class='article-actions']//a[@href='#comments']")
    assert re.sub(r"\D", "", link.text_content()) == number


def test_an_update_is_shown_with_its_date_and_a_first_publication_is_not(
    client: Client, edna: User
) -> None:
    article = newsroom.published("Quiet", at=datetime(2026, 3, 1, tzinfo=UTC))
    assert "Updated" not in page(client, article)
    article.body = "<p>Better words.</p>"
    revisions.save(article, by=edna)
    assert "Updated" in page(client, article)


def test_an_editor_decides_whether_readers_see_the_date_of_an_update(
    client: Client, edna: User
) -> None:
    article = newsroom.published("Quiet", at=datetime(2026, 3, 1, tzinfo=UTC))
    drafts.save(article, {"body": "<p>Quite quiet.</p>", "show_updated": False}, by=edna)
    publishing.publish_changes(article, by=edna)
    shown = page(client, article)
    assert "Quite quiet." in shown
    assert "Updated" not in shown
    assert '"dateModified":"2026-03-01' in shown.replace(": ", ":")
    drafts.save(article, {"show_updated": True}, by=edna)
    assert "Updated" not in page(client, article)
    publishing.publish_changes(article, by=edna)
    assert "Updated" in page(client, article)


def test_dates_are_in_the_publications_time_zone(client: Client) -> None:
    publication = current_publication()
    publication.time_zone = "Asia/Tokyo"
    publication.save()
    article = newsroom.published("Late", at=datetime(2026, 3, 31, 20, tzinfo=UTC))
    assert '<time datetime="2026-04-01T05:00:00+09:00">1 April 2026</time>' in page(client, article)


@pytest.mark.parametrize(
    ("code", "footer"),
    [
        # There is an Arabic catalogue, and no Persian one.
        ("ar", '<footer class="footer">'),
        ("fa", '<footer class="footer" lang="en" dir="ltr">'),
    ],
)
def test_a_right_to_left_article_is_displayed_from_right_to_left(
    client: Client, code: str, footer: str
) -> None:
    html = page(client, newsroom.published("أسبوع هادئ", language=code))
    assert f'<html lang="{code}" dir="rtl">' in html
    assert footer in html


def test_a_type_with_the_name_of_the_category_is_not_shown_twice(client: Client) -> None:
    article = newsroom.published("Quiet", categories=[newsroom.category("News")])
    kicker = lxml_html.document_fromstring(page(client, article)).find_class("kicker")[0]
    assert "".join(kicker.itertext()).split() == ["News"]


def test_a_lead_image_with_an_expired_licence_is_not_shown(client: Client) -> None:
    picture = sample_content.sized(newsroom.picture())
    article = newsroom.published("Quiet", lead_image=picture)
    assert "<img" in page(client, article)
    picture.licence_until = timezone.now()
    picture.save()
    assert "<img" not in page(client, article)


@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn"])
def test_an_article_that_is_not_published_has_no_page(
    client: Client, edna: User, state: str
) -> None:
    article = newsroom.published("Quiet") if state == "withdrawn" else newsroom.draft("Quiet")
    if state == "withdrawn":
        publishing.unpublish(article, by=edna)
    if state == "scheduled":
        later = datetime.now(UTC) + timedelta(days=1)
        publishing.schedule(article, by=edna, at=later)
    year, month = article.year or 2026, article.month or 3
    assert client.get(f"/{year}/{month:02}/{article.slug or 'quiet'}/").status_code == 404


def test_the_reading_time_is_counted_in_words_or_in_characters(client: Client) -> None:
    long = newsroom.published("Long", body="<p>" + "word " * 1150 + "</p>")
    chinese = newsroom.published("长", language="zh", body="<p>" + "字" * 900 + "</p>")
    assert "5 min read" in page(client, long)
    assert "2 min read" in page(client, chinese)


def test_a_page_is_the_same_for_all_users(client: Client, edna: User) -> None:
    article = full_article()
    first = client.get(article.get_absolute_url())
    client.force_login(edna)
    second = client.get(article.get_absolute_url(), headers={"Accept-Language": "ar"})
    assert first.content == second.content
    assert not re.search(r"nonce|csrf", first.content.decode())


def long_body(parts: int) -> str:
    return "".join(f"<h2>Part {n}</h2><p>{'Words of it. ' * 150}</p>" for n in range(parts))


def test_a_long_text_has_a_table_of_contents_and_a_short_one_has_none(client: Client) -> None:
    html = page(client, newsroom.published("Long", body=long_body(4)))
    tree = lxml_html.document_fromstring(html)
    links = tree.xpath("//nav[@aria-labelledby='contents']//a")
    assert [link.text_content() for link in links] == [f"Part {n}" for n in range(4)]
    assert all(tree.get_element_by_id(link.get("href")[1:]) is not None for link in links)
    short = newsroom.published("Short", body="<h2>One</h2><h2>Two</h2><h2>Three</h2>")
    assert 'id="contents"' not in page(client, short)


def test_four_articles_follow_filled_up_from_the_section(client: Client) -> None:
    straits, news = newsroom.category("Straits"), newsroom.category("News")

    def at(hour: int, headline: str, **fields: Any) -> Article:
        moment = datetime(2026, 3, 1, hour, tzinfo=UTC)
        return newsroom.published(headline, at=moment, **{"categories": [straits], **fields})

    chosen, picked = at(1, "Chosen"), at(2, "Picked", categories=[news])
    sample_content.related(chosen, [picked])
    for hour in (3, 4):
        at(hour, f"Strait {hour}")
    at(5, "Ailleurs", language="fr")
    for hour in (6, 7):
        at(hour, f"News {hour}", categories=[news])
    tree = lxml_html.document_fromstring(page(client, chosen))
    headlines = tree.xpath("//aside[@aria-labelledby='related']//h3")
    found = [each.text_content().strip() for each in headlines]
    assert found == ["Picked", "Strait 4", "Strait 3", "News 7"]


def test_authors_are_shown_with_portrait_biography_and_link(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    ines, rui = newsroom.author("Ines Faro"), newsroom.author("Rui Tavares")
    ines.biography, ines.role = "She counts ships.", "Senior fellow"
    ines.links = [
        {"name": "faro.example", "address": "https://www.faro.example/ines/"},
        {"name": "Mastodon", "address": "https://social.example/@ines"},
    ]
    ines.save()
    portrait = sample_content.sized(newsroom.picture(credit="Nell Sandoval"))
    Portrait.objects.create(author=ines, image=portrait)
    article = newsroom.published("Signed by two", authors=[ines, rui])
    menus.save(current_publication())
    with django_assert_max_num_queries(12):
        html = page(client, article)
    tree = lxml_html.document_fromstring(html)
    (box,) = tree.find_class("author-box")
    visible_text = " ".join(box.text_content().split())
    assert (
        visible_text
        == "Ines Faro Senior fellow She counts ships. faro.example Mastodon Follow by e-mail: Ines Faro"
    )
    (credits_of_page,) = tree.find_class("image-credits")
    assert "Nell Sandoval" in credits_of_page.text_content()


def test_an_article_is_shared_with_plain_links(client: Client) -> None:
    publication = current_publication()
    pattern = "https://social.example/share?u={address}&t={headline}"
    publication.share_links = [{"name": "Social", "address": pattern}]
    publication.save()
    article = newsroom.published("Ships & “straits” {address}")
    tree = lxml_html.document_fromstring(page(client, article))
    mail, social = tree.xpath("//section[@aria-labelledby='share']//a/@href")
    url = f"{settings.SITE_URL}{article.get_absolute_url()}"
    assert mail.startswith("mailto:?subject=Ships%20%26%20")
    assert mail.endswith("&body=" + quote(url))
    assert social.startswith(f"https://social.example/share?u={quote(url, safe='')}&t=Ships%20%26")
    assert social.endswith("%7Baddress%7D")
    assert tree.get_element_by_id("share-address").get("value") == url


def test_a_page_uses_the_language_of_its_article_and_not_of_the_browser(client: Client) -> None:
    article = newsroom.published("Une semaine calme", language="fr")
    plain = page(client, article)
    path = client.get(article.get_absolute_url(), headers={"Accept-Language": "de, en"})
    assert path.content.decode() == plain
    assert '<html lang="fr" dir="ltr">' in plain
    visible_text = text_of_page(plain)
    for part in (
        "Laisser un commentaire",
        "S’abonner",
    ):
        assert part in visible_text
    english = page(client, newsroom.published("A quiet week"))
    assert "Skip to content" in english

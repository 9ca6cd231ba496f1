"""Sitemaps, the news sitemap and robots.txt."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import Client
from django.utils import timezone
from lxml import etree

from accounts.models import User
from articles.editorial import publishing, translations
from articles.editorial.models import Article
from articles.feeds import sitemaps
from articles.images.models import Image
from iria.core.http.urls import absolute_url
from iria.core.text.languages import LANGUAGE_NAMES
from tests import newsroom
from tests.articles.feeds.conftest import picture
from tests.shared import shared_data

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
LINK = "{http://www.w3.org/1999/xhtml}link"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
SITE = "https://meridian.example"


def tree_at(client: Client, url: str) -> etree._Element:
    response = client.get(url)
    assert response.status_code == 200
    return etree.fromstring(response.content)


def texts(tree: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in tree.iter(name)]


def validate(tree: etree._Element, schema: str) -> None:
    """Validates against the schema of the protocol, without extensions."""
    for element in list(tree.iter()):
        parent = element.getparent()
        if parent is not None and not str(element.tag).startswith(SITEMAP):
            parent.remove(element)
    etree.XMLSchema(etree.parse(shared_data("feeds", schema))).assertValid(tree)


def test_every_page_is_in_the_sitemap_with_its_images(client: Client, strait: Article) -> None:
    newsroom.draft("Hidden")
    tree = tree_at(client, "/sitemap.xml")
    found = texts(tree, f"{SITEMAP}loc")
    assert found[0] == f"{SITE}/"
    assert f"{SITE}/category/asia-pacific/" in found
    assert f"{SITE}/tag/shipping/" in found
    assert f"{SITE}/author/ines-faro/" in found
    assert found[-1] == f"{SITE}/2026/03/ferries-tankers-again/"
    assert len(found) == len(set(found))
    images = texts(tree, f"{IMAGE}loc")
    assert len(images) == 2
    assert all(each.startswith(f"{SITE}/pictures/") for each in images)
    assert all("-1280.jpeg" in each for each in images)
    assert texts(tree, f"{IMAGE}caption") == [
        "Ships at anchor (Image Credit: Ines Faro/via Meridian Pictures)",
        "The quay at dusk (Image Credit: Rui & Co/via Agency)",
    ]
    validate(tree, "sitemap.xsd")


def test_a_long_caption_never_truncates_the_credit(client: Client, strait: Article) -> None:
    image = picture(credit="Ines Faro", licence_url="https://example.org/by/4.0/")
    newsroom.published("Long", lead_image=image, lead_caption="Word after word. " * 100)
    tree = tree_at(client, "/sitemap.xml")
    longest = max(texts(tree, f"{IMAGE}caption"), key=len)
    assert longest.endswith("… (Image Credit: Ines Faro)")
    assert len(longest) <= sitemaps.MAX_CAPTION_LENGTH
    assert texts(tree, f"{IMAGE}license") == ["https://example.org/by/4.0/"]


def test_a_hidden_image_is_in_no_sitemap(client: Client, strait: Article) -> None:
    Image.objects.update(licence_until=timezone.now() - timedelta(seconds=1))
    assert texts(tree_at(client, "/sitemap.xml"), f"{IMAGE}loc") == []


def test_an_image_used_twice_is_listed_once(client: Client, strait: Article) -> None:
    image = picture()
    newsroom.published(
        "Twice", lead_image=image, body=f'<p>W</p><figure data-image="{image.pk}"></figure>'
    )
    assert len(texts(tree_at(client, "/sitemap.xml"), f"{IMAGE}loc")) == 3


def test_a_large_sitemap_is_an_index_of_files(
    client: Client, strait: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        newsroom.published(f"Number {number}")
    monkeypatch.setattr(sitemaps, "PER_FILE", 3)
    index = tree_at(client, "/sitemap.xml")
    files = texts(index, f"{SITEMAP}loc")
    assert f"{SITE}/sitemap-pages-4.xml" in files
    assert f"{SITE}/sitemap-topics-1.xml" in files
    assert f"{SITE}/sitemap-authors-1.xml" in files
    numbers = {(pk - 1) // 3 + 1 for pk in Article.objects.values_list("pk", flat=True)}
    assert [each for each in files if "articles" in each] == [
        f"{SITE}/sitemap-articles-{number}.xml" for number in sorted(numbers)
    ]
    validate(index, "siteindex.xsd")
    listed = []
    for file in files:
        tree = tree_at(client, file.removeprefix(SITE))
        found = texts(tree, f"{SITEMAP}loc")
        assert 0 < len(found) <= 3
        listed += found
        validate(tree, "sitemap.xsd")
    monkeypatch.undo()
    assert listed == texts(tree_at(client, "/sitemap.xml"), f"{SITEMAP}loc")
    assert len(listed) == len(set(listed))


def test_the_largest_file_is_within_the_limits_of_the_protocol(client: Client, db: None) -> None:
    path = f"/2026/03/{'語' * 80}/"
    text, licence = "語" * sitemaps.MAX_CAPTION_LENGTH, f"https://example.org/{'x' * 480}"
    images = [
        sitemaps.SitemapImage(f"{SITE}/pictures/{number:x>60}.jpeg", text, licence)
        for number in range(sitemaps.MAX_IMAGES)
    ]
    languages = [(code, absolute_url(path)) for code in LANGUAGE_NAMES]
    entry = sitemaps.SitemapEntry(path, timezone.now(), images, languages)
    section = sitemaps.SitemapSection(lambda: Paginator([entry], 1))
    one = len(sitemaps._urlset(section.get_urls()).content)
    assert sitemaps.PER_FILE <= 50_000
    assert one * sitemaps.PER_FILE < 50 * 1024**2


def test_an_article_lists_its_published_translations(
    client: Client, strait: Article, rui: User
) -> None:
    french = newsroom.published("Une semaine", language="fr")
    translations.link(french, strait)
    tree = tree_at(client, "/sitemap.xml")
    links = [(link.get("hreflang"), link.get("href")) for link in tree.iter(LINK)]
    pair = [("en", f"{SITE}/2026/03/ferries-tankers-again/")]
    pair += [("fr", f"{SITE}{french.get_absolute_url()}")]
    fronts = [("en", f"{SITE}/"), ("fr", f"{SITE}/language/fr/")]
    assert links == [*fronts, *fronts, *pair, *pair]
    validate(tree, "sitemap.xsd")
    publishing.unpublish(french, by=rui)
    later = tree_at(client, "/sitemap.xml")
    assert pair[1] not in [(link.get("hreflang"), link.get("href")) for link in later.iter(LINK)]
    assert len(list(later.iter(LINK))) == 4


def test_tags_and_authors_have_a_page_in_each_language_of_their_articles(
    client: Client, strait: Article, rui: User
) -> None:
    author = strait.bylines.get(author__name="Ines Faro").author
    french = newsroom.published("Une semaine", language="fr", tags=["Shipping"], authors=[author])
    own = [f"{SITE}/language/fr/tag/shipping/", f"{SITE}/language/fr/author/ines-faro/"]
    found = texts(tree_at(client, "/sitemap.xml"), f"{SITEMAP}loc")
    assert [each for each in found if "/tag/" in each or "/author/" in each][-2:] == own
    assert [client.get(each.removeprefix(SITE)).status_code for each in own] == [200, 200]
    publishing.unpublish(french, by=rui)
    assert not {*own} & {*texts(tree_at(client, "/sitemap.xml"), f"{SITEMAP}loc")}


@pytest.mark.parametrize(
    "number", ["articles-0", "articles-99999", "pages-" + "9" * 30, "pages--1", "topics-x", "1"]
)
def test_a_file_that_is_not_listed_is_not_found(
    client: Client, strait: Article, number: str
) -> None:
    assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_the_news_sitemap_covers_two_days(client: Client, strait: Article) -> None:
    newsroom.published("Fresh & new", at=timezone.now() - timedelta(hours=47))
    newsroom.published("Old", at=timezone.now() - timedelta(hours=49))
    tree = tree_at(client, "/sitemap-news.xml")
    assert texts(tree, f"{NEWS}title") == ["Fresh & new"]
    assert texts(tree, f"{NEWS}name") == ["Meridian"]
    assert texts(tree, f"{NEWS}language") == ["en"]
    (moment,) = texts(tree, f"{NEWS}publication_date")
    assert moment.endswith("+00:00")
    order = [tag for tag in (str(element.tag) for element in tree.iter()) if tag.startswith(NEWS)]
    assert order == [f"{NEWS}{name}" for name in ("news", "publication", "name", "language")] + [
        f"{NEWS}publication_date",
        f"{NEWS}title",
    ]
    validate(tree, "sitemap.xsd")


def test_a_news_sitemap_without_news_names_no_page(client: Client, strait: Article) -> None:
    assert len(tree_at(client, "/sitemap-news.xml")) == 0


def test_the_news_sitemap_has_the_format_of_the_samples() -> None:
    names = set()
    for sample in shared_data("feeds", "sitemaps").glob("*.xml"):
        for element in etree.parse(sample).iter(f"{NEWS}news"):
            names |= {child.tag for child in element}
    assert {f"{NEWS}{name}" for name in ("publication", "publication_date", "title")} <= names


def test_robots_txt_lists_the_sitemaps_and_the_disallowed_paths(client: Client, db: None) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert f"Sitemap: {SITE}/sitemap-news.xml" in lines
    assert "Disallow: /admin/" in lines
    assert "Disallow: /" not in lines


def test_the_number_of_queries_does_not_depend_on_the_content(
    client: Client, strait: Article, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(17):
        client.get("/sitemap.xml")
    for number in range(8):
        newsroom.published(f"Number {number}", lead_image=picture())
    with django_assert_num_queries(17):
        client.get("/sitemap.xml")


def test_a_conditional_request_is_answered_with_304(client: Client, strait: Article) -> None:
    tag = client.get("/sitemap.xml")["ETag"]
    assert client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code == 304


def test_an_outdated_news_sitemap_is_not_answered_with_304(
    client: Client, strait: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(hour: int) -> None:
        moment = datetime(2026, 11, 25, hour, 30, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(9)
    headers = {"If-None-Match": client.get("/sitemap-news.xml")["ETag"]}
    assert client.get("/sitemap-news.xml", headers=headers).status_code == 304
    at(23)
    assert client.get("/sitemap-news.xml", headers=headers).status_code == 200

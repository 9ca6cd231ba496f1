"""Metadata in the head and the HTTP headers of public pages."""

import csv
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from lxml import html as lxml_html

from articles.editorial.models import Article
from articles.images.models import Image
from articles.pages import saving
from articles.pages.models import Page
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public import sample_content
from tests.shared import shared_data

pytestmark = pytest.mark.django_db

SITE = "https://meridian.example"


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.SITE_URL = SITE


def head(client: Client, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200
    return lxml_html.document_fromstring(response.content.decode()).head


def data_of(client: Client, path: str) -> list[dict[str, Any]]:
    found = []
    for script in head(client, path).xpath("//script[@type='application/ld+json']"):
        read = json.loads(script.text)
        found += read if isinstance(read, list) else [read]
    return found


def full_article(**fields: Any) -> Article:
    article = sample_content.illustrated(
        "The long way", figures=1, categories=[newsroom.category("Asia-Pacific")]
    )
    Image.objects.filter(led_articles=article).update(
        copyright_notice="© Ines Faro",
        usage_terms="https://licences.example/one",
        byline="Ines Faro",
    )
    return article


def test_an_article_has_authors_dates_and_credited_images(
    client: Client,
) -> None:
    article = full_article()
    news, crumbs = data_of(client, article.get_absolute_url())
    assert news["@type"] == "NewsArticle"
    assert news["headline"] == "The long way"
    assert news["url"] == SITE + article.get_absolute_url()
    assert news["datePublished"] == "2026-03-01T09:00:00+00:00"
    assert news["dateModified"] >= news["datePublished"]
    assert [person["name"] for person in news["author"]] == [
        "Author of The long way",
        "Second of The long way",
    ]
    assert news["articleSection"] == ["Asia-Pacific"]
    assert news["isAccessibleForFree"] is True
    assert news["inLanguage"] == "en"
    lead, figure = news["image"]
    assert lead["url"].startswith(f"{SITE}/pictures/")
    assert lead["url"].endswith(".jpeg")
    assert lead["caption"] == "Morning at the quay"
    assert lead["creditText"] == "Ines Faro/via Meridian Pictures"
    assert lead["copyrightNotice"] == "© Ines Faro"
    assert lead["license"] == "https://licences.example/one"
    assert figure["caption"] == "A quay"
    assert [item["name"] for item in crumbs["itemListElement"]] == ["Asia-Pacific", "The long way"]


def test_the_breadcrumbs_of_a_tag_begin_at_the_front_page(client: Client) -> None:
    newsroom.published("The long way", tags=["Straits"])
    (crumbs,) = data_of(client, "/tag/straits/")
    items = [(item["name"], item["item"]) for item in crumbs["itemListElement"]]
    assert items == [(current_publication().name, f"{SITE}/"), ("Straits", f"{SITE}/tag/straits/")]


def test_textual_usage_terms_are_not_public(client: Client) -> None:
    article = full_article()
    Image.objects.update(usage_terms="Only for us, until June")
    response = client.get(article.get_absolute_url())
    assert "until June" not in response.content.decode()


def test_open_graph_tags_have_title_description_and_image(client: Client) -> None:
    article = full_article()
    found = head(client, article.get_absolute_url())
    tags = {
        meta.get("property") or meta.get("name"): meta.get("content") for meta in found.iter("meta")
    }
    assert tags["og:type"] == "article"
    assert tags["og:title"] == "The long way"
    assert tags["og:description"] == tags["description"] == article.standfirst
    assert tags["og:image"].startswith(f"{SITE}/pictures/")
    assert (tags["og:image:width"], tags["og:image:height"]) == ("640", "426")
    assert tags["twitter:card"] == "summary_large_image"
    assert found.xpath("//link[@rel='canonical']/@href") == [SITE + article.get_absolute_url()]


def test_the_second_page_of_a_list_has_its_own_canonical_url(client: Client) -> None:
    sample_content.sections(1, 21)
    found = head(client, "/category/section-0/?page=2&utm_source=letter")
    assert found.xpath("//link[@rel='canonical']/@href") == [f"{SITE}/category/section-0/?page=2"]
    assert found.xpath("//link[@rel='prev']/@href") == [f"{SITE}/category/section-0/"]


def meta_tags(client: Client, path: str) -> dict[str, str]:
    metas = head(client, path).iter("meta")
    return {each.get("property") or each.get("name"): each.get("content") for each in metas}


def test_the_preview_image_of_a_list_is_that_of_its_first_article(client: Client) -> None:
    article = full_article()
    newsroom.published("Without a picture", categories=list(article.categories.all()))
    lead = article.lead_image
    assert lead
    for path in ("/category/asia-pacific/", "/tag/shipping/", "/2026/", "/2026/03/"):
        tags = meta_tags(client, path)
        assert tags["og:image"].startswith(f"{SITE}/pictures/"), path
        assert tags["og:image:alt"].startswith(lead.alt_text), path
        assert tags["twitter:card"] == "summary_large_image"


@pytest.mark.parametrize(
    "path", ["/", "/archive/", "/tag/", "/author/", "/corrections/", "/search/?q=quay", "/about/"]
)
def test_the_preview_image_of_a_page_without_images_is_the_logo(client: Client, path: str) -> None:
    newsroom.published("Without a picture")
    saving.save(Page(title="About", path="about", body="<p>Us.</p>", is_published=True))
    tags = meta_tags(client, path)
    assert tags["og:image"].startswith(f"{SITE}/static/icons/icon-512")
    assert tags["og:image:alt"] == current_publication().name
    assert tags["twitter:card"] == "summary"
    assert tags["og:title"]
    assert tags["og:url"].startswith(SITE)


def test_static_pages_and_search_have_link_headers_and_json_ld(client: Client) -> None:
    saving.save(Page(title="Who", path="who/we-are", body="<p>Us.</p>", is_published=True))
    assert client.get("/who/we-are/").headers["Link"] == f'<{SITE}/who/we-are/>; rel="canonical"'
    (page,) = data_of(client, "/who/we-are/")
    assert (page["@type"], page["name"]) == ("WebPage", "Who")
    links = client.get("/search/?q=quay&sort=newest").headers["Link"]
    assert f'<{SITE}/search/>; rel="canonical"' in links
    feed = f'<{SITE}/search/feed/atom/?q=quay>; rel="alternate"; type="application/atom+xml"'
    assert feed in links
    assert "feed" not in client.get("/search/").headers["Link"]
    (found,) = data_of(client, "/search/?q=%3C/script%3E")
    assert found["@type"] == "SearchResultsPage"


def test_every_feed_link_of_a_page_works(client: Client) -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    article = full_article()
    newsroom.published("Une semaine calme", language="fr")
    lists = ["/", "/category/asia-pacific/", "/tag/shipping/", "/author/author-of-the-long-way/"]
    for path in [*lists, "/language/fr/", article.get_absolute_url()]:
        named = head(client, path).xpath("//link[@rel='alternate']/@href")
        assert len(named) >= 3
        for feed in named:
            assert client.get(feed).status_code == 200, feed


@pytest.mark.parametrize("character", ["</script><b>", "<!--<script>", "]]>", "\u2028", "& <"])
def test_no_headline_can_close_the_json_ld_script(client: Client, character: str) -> None:
    article = newsroom.published(f"Quiet {character} week")
    (news, _) = data_of(client, article.get_absolute_url())
    assert news["headline"] == f"Quiet {character} week"


def test_every_json_ld_property_is_in_the_schema_org_vocabulary(client: Client) -> None:
    types = _rows("types")
    properties = _rows("properties")
    article = full_article()
    sample_content.comments(article, 2)
    saving.save(Page(title="About", path="about", body="<p>Us.</p>", is_published=True))
    pages = ["/", "/category/asia-pacific/", "/author/author-of-the-long-way/", "/about/"]
    for path in [*pages, "/search/?q=quay", "/search/", article.get_absolute_url()]:
        for thing in _things(data_of(client, path)):
            kind = thing["@type"]
            allowed = {each.rsplit("/", 1)[-1] for each in types[kind]["properties"].split(", ")}
            for name in thing:
                if not name.startswith("@"):
                    assert name in properties, name
                    assert name in allowed, f"{kind} has no {name}"


def _rows(which: str) -> dict[str, dict[str, str]]:
    file = shared_data("feeds", "schemaorg", f"schemaorg-current-https-{which}.csv")
    with file.open(newline="") as lines:
        return {row["label"]: row for row in csv.DictReader(lines)}


def _things(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _things(each)
    elif isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _things(each)


def test_link_headers_name_the_canonical_url_the_api_oembed_and_feeds(client: Client) -> None:
    article = full_article()
    link = client.get(article.get_absolute_url()).headers["Link"]
    assert f'<{SITE}{article.get_absolute_url()}>; rel="canonical"' in link
    data = f'<{SITE}/api/v1/articles/{article.pk}/>; rel="alternate"; type="application/json"'
    assert data in link
    assert 'rel="alternate"; type="application/json+oembed"' in link
    assert client.get(f"/api/v1/articles/{article.pk}/").status_code == 200
    link = client.get("/category/asia-pacific/").headers["Link"]
    assert (
        f'<{SITE}/category/asia-pacific/feed/>; rel="alternate"; type="application/rss+xml"' in link
    )


@pytest.mark.parametrize(
    "character", ['"><script>x</script>', "' onload='x", "</title><b>", "& &lt; <"]
)
def test_no_text_can_break_out_of_the_head(client: Client, character: str) -> None:
    article = newsroom.published(
        f"Quiet {character} week",
        standfirst=f"Why {character}",
        authors=[newsroom.author("Ines Faro")],
    )
    found = head(client, article.get_absolute_url())
    (title,) = found.xpath("meta[@property='og:title']/@content")
    assert title == f"Quiet {character} week"
    assert not found.xpath("//*[@onload] | //script[text()='x'] | //head//b")


def test_a_long_description_is_truncated_for_search_engines(client: Client) -> None:
    article = newsroom.published(standfirst="Words and words. " * 30)
    found = head(client, article.get_absolute_url())
    (text,) = found.xpath("meta[@name='description']/@content")
    assert len(text) == 300
    assert text.endswith("…")

"""Which pages there are, for crawlers: sitemap, news sitemap, robots.txt.

One file as long as it stays handy; beyond that an index of files by what they hold. Articles stand in
the file of their number, so that nothing is counted and a new article changes one file only.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from articles.editorial.models import Article
from articles.feeds.atom import rfc3339
from articles.feeds.sitemap_entries import (
    SitemapEntry,
    SitemapImage,
    SitemapSection,
    sitemap_sections,
)
from articles.feeds.xml_writer import Document, legal
from iria.core.http.cache_versions import ProcessCache
from iria.core.http.page_cache import hourly, next_hour, public_page
from iria.core.http.urls import absolute_url
from iria.publication.context_processors import publication_of

KINDS: Final = (
    *("pages", "topics", "authors"),
    *("topics-by-language", "authors-by-language"),
    "articles",
)
"""What a file of the list may hold (`feeds.places`)."""

PER_FILE = 450
"""Addresses in one file. The protocol allows 50,000 and 50 MB; with the longest addresses, all the
pictures and every language, so many stay below (tests/articles/feeds/test_sitemaps.py)."""

_indexes: ProcessCache[bytes | None] = ProcessCache()
"""Which files there are changes with the rows alone."""

NEWS_FOR: Final = timedelta(hours=48)
NEWS_AT_MOST: Final = 1000

SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE: Final = "http://www.google.com/schemas/sitemap-image/1.1"
XHTML: Final = "http://www.w3.org/1999/xhtml"
NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
CONTENT_TYPE: Final = "application/xml; charset=utf-8"

ROBOTS: Final = """User-agent: *
Disallow: /admin/
Disallow: /accounts/
Disallow: /preview/
Disallow: /comments/
Disallow: /search/*&

Sitemap: {site}/sitemap.xml
Sitemap: {site}/sitemap-news.xml
"""


@public_page
def whole(request: HttpRequest) -> HttpResponse:
    """Everything in one file, or the list of the files."""
    found = sitemap_sections(publication_of(request))
    index = _indexes.of(request, PER_FILE, lambda: _index_of(found))
    if index is None:
        return _xml_response(
            _urlset([each for sort in found.values() for each in sort.first(PER_FILE)])
        )
    return _xml_response(index)


def _index_of(found: dict[str, SitemapSection]) -> bytes | None:
    """The list of the files; None where everything fits into one."""
    room = PER_FILE
    for sort in found.values():
        room -= sort.size(room + 1)
        if room < 0:
            return _index({kind: each.files(PER_FILE) for kind, each in found.items()})
    return None


@public_page
def part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One file of the list; what is not listed is not found."""
    entries = (
        sitemap_sections(publication_of(request))[kind].file(number, PER_FILE) if number > 0 else []
    )
    if not entries:
        raise Http404
    return _xml_response(_urlset(entries))


@public_page(also=hourly)
def news(request: HttpRequest) -> HttpResponse:
    """What was published in the last two days; the front page alone when that was nothing."""
    recent = (
        Article.objects.published()
        .indexable()
        .filter(published_at__gt=next_hour() - NEWS_FOR)
        .newest()
        .only("year", "month", "slug", "headline", "language", "published_at")
    )
    name = legal(publication_of(request).name)
    return _xml_response(_newsset(list(recent[:NEWS_AT_MOST]), name))


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS.format(site=settings.SITE_URL), content_type="text/plain")


def _xml_response(document: bytes) -> HttpResponse:
    return HttpResponse(document, content_type=CONTENT_TYPE)


def _urlset(entries: list[SitemapEntry]) -> bytes:
    xml = Document()
    with xml.element("urlset", {"xmlns": SITEMAP, "xmlns:image": IMAGE, "xmlns:xhtml": XHTML}):
        for place in entries:
            with xml.element("url"):
                xml.leaf("loc", absolute_url(place.path))
                if place.changed:
                    xml.leaf("lastmod", rfc3339(place.changed))
                for code, path in place.languages:
                    link = {"rel": "alternate", "hreflang": code, "href": absolute_url(path)}
                    xml.leaf("xhtml:link", attributes=link)
                for image in place.images:
                    _image(xml, image)
    return xml.as_bytes()


def _image(xml: Document, image: SitemapImage) -> None:
    """In the order of the schema (sitemap-image 1.1), which has no place of its own for a credit."""
    with xml.element("image:image"):
        xml.leaf("image:loc", absolute_url(image.path))
        if image.words:
            xml.leaf("image:caption", legal(image.words))
        if image.licence:
            xml.leaf("image:license", image.licence)


def _index(files: dict[str, list[int]]) -> bytes:
    xml = Document()
    with xml.element("sitemapindex", {"xmlns": SITEMAP}):
        for kind, numbers in files.items():
            first = absolute_url(reverse("sitemap_part", args=[kind, 1])).removesuffix("1.xml")
            for number in numbers:
                with xml.element("sitemap"):
                    xml.leaf("loc", f"{first}{number}.xml")
    return xml.as_bytes()


def _newsset(articles: list[Article], name: str) -> bytes:
    xml = Document()
    with xml.element("urlset", {"xmlns": SITEMAP, "xmlns:news": NEWS}):
        for article in articles:
            with xml.element("url"):
                xml.leaf("loc", absolute_url(article.get_absolute_url()))
                with xml.element("news:news"):
                    with xml.element("news:publication"):
                        xml.leaf("news:name", name)
                        xml.leaf("news:language", article.language)
                    if article.published_at:
                        xml.leaf("news:publication_date", rfc3339(article.published_at))
                    xml.leaf("news:title", legal(article.headline))
        if not articles:
            # The schema asks for one address at least; without news it is a page like any other.
            with xml.element("url"):
                xml.leaf("loc", absolute_url("/"))
    return xml.as_bytes()

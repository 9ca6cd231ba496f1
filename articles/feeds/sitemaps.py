"""Sitemap, news sitemap and robots.txt.

There is one file while the site is small, later an index of files by type. Articles are divided by
id, so that no counting is needed and a new article changes one file only.
"""

import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.paginator import EmptyPage
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from articles.editorial.models import Article
from articles.feeds.entries import legal
from articles.feeds.sitemap_entries import SitemapSection, article_section, sitemap_sections
from iria.core.http.cache_versions import ProcessCache
from iria.core.http.page_cache import hourly, next_hour, public_page
from iria.core.http.urls import absolute_url
from iria.publication.context_processors import publication_of

KINDS: Final = (
    *("pages", "topics", "authors"),
    *("topics-by-language", "authors-by-language"),
    "articles",
)
"""The sections of the index (`sitemap_entries`)."""

PER_FILE = 450
"""URLs in one file. The protocol allows 50,000 and 50 MB; with the longest URLs, all images and
every language, this number stays below that (tests/articles/feeds/test_sitemaps.py)."""

_indexes: ProcessCache[str | None] = ProcessCache()
"""The index of files; it changes only with the rows."""

NEWS_FOR: Final = timedelta(hours=48)
NEWS_AT_MOST: Final = 1000

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
    """The sitemap as one file, or the index of files."""
    publication = publication_of(request)
    sections = sitemap_sections(publication, PER_FILE)
    index = _indexes.of(request, PER_FILE, lambda: _index_of(sections))
    if index is not None:
        return HttpResponse(index, content_type=CONTENT_TYPE)
    sections["articles"] = article_section(publication, sys.maxsize)
    return _urlset(url for section in sections.values() for url in section.get_urls())


def _index_of(sections: dict[str, SitemapSection]) -> str | None:
    """The index of files; None if everything fits into one."""
    if sum(section.paginator.count for section in sections.values()) <= PER_FILE:
        return None
    files = [
        absolute_url(reverse("sitemap_part", args=[kind, number]))
        for kind, section in sections.items()
        if section.paginator.count
        for number in section.paginator.page_range
    ]
    return render_to_string("articles/feeds/sitemap_index.xml", {"files": files})


@public_page
def part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """A file of the index; not found if it is not listed."""
    section = sitemap_sections(publication_of(request), PER_FILE)[kind]
    try:
        urls = section.get_urls(number)
    except EmptyPage:
        urls = []
    if not urls:
        raise Http404
    return _urlset(urls)


@public_page(also=hourly)
def news(request: HttpRequest) -> HttpResponse:
    """Articles of the last two days; only the front page if there are none."""
    recent = (
        Article.objects.published()
        .indexable()
        .filter(published_at__gt=next_hour() - NEWS_FOR)
        .newest()
        .only("year", "month", "slug", "headline", "language", "published_at")
    )
    articles = [
        {
            "url": absolute_url(article.get_absolute_url()),
            "language": article.language,
            "published_at": article.published_at,
            "title": legal(article.headline),
        }
        for article in recent[:NEWS_AT_MOST]
    ]
    name = legal(publication_of(request).name)
    context = {"articles": articles, "name": name, "front_page": absolute_url("/")}
    return _xml("news_sitemap", context)


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS.format(site=settings.SITE_URL), content_type="text/plain")


def _urlset(urls: Iterable[dict[str, Any]]) -> HttpResponse:
    return _xml("sitemap", {"urlset": urls})


def _xml(template: str, context: dict[str, Any]) -> HttpResponse:
    # Without the request: the context processors are not needed.
    document = render_to_string(f"articles/feeds/{template}.xml", context)
    return HttpResponse(document, content_type=CONTENT_TYPE)

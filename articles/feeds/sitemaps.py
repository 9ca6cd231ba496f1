"""Which pages there are, for crawlers: sitemap, news sitemap, robots.txt.

One file as long as it stays handy; beyond that an index of files, cut by the articles' ids, so that
a new article changes one file only.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category, Figure
from articles.editorial.querysets import ArticleQuerySet
from articles.feeds.atom import moment
from articles.feeds.xml import Document, legal
from articles.images.models import Rendition
from articles.pages.models import Page
from iria.kit.addresses import absolute
from iria.kit.caching import hourly, public_page
from iria.publication.context import publication_of

PER_FILE = 2_000
"""Addresses in one file. The protocol allows 50,000 and 50 MB; with the longest addresses, all the
pictures and every language, so many stay below (tests/articles/feeds/test_sitemaps.py)."""

PICTURES = 50
"""Of one article; further ones are left to whoever reads it."""

NEWS_FOR: Final = timedelta(hours=48)
NEWS_AT_MOST: Final = 1000

SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE: Final = "http://www.google.com/schemas/sitemap-image/1.1"
XHTML: Final = "http://www.w3.org/1999/xhtml"
NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
CONTENT_TYPE: Final = "application/xml; charset=utf-8"

ADDRESS: Final = ("year", "month", "slug")

ROBOTS: Final = """User-agent: *
Disallow: /admin/
Disallow: /accounts/
Disallow: /preview/
Disallow: /comments/
Disallow: /search/*&

Sitemap: {site}/sitemap.xml
Sitemap: {site}/sitemap-news.xml
"""


@dataclass(frozen=True, slots=True)
class Place:
    """One page: where it is, when it changed, which pictures it shows."""

    path: str
    changed: datetime | None = None
    pictures: list[str] = field(default_factory=list)
    languages: list[tuple[str, str]] = field(default_factory=list)
    """The same in other languages, the page itself among them: code and path."""


@public_page
def whole(request: HttpRequest) -> HttpResponse:
    """Everything in one file, or the list of the files."""
    articles = Article.objects.published().to_be_found()
    listings, count = _listings(publication_of(request).language_codes), articles.count()
    if len(listings) + count <= PER_FILE:
        return _answer(_urlset([*listings, *_articles(articles)]))
    return _answer(_index(1 + -(-count // PER_FILE)))


@public_page
def part(request: HttpRequest, number: int) -> HttpResponse:
    """One file of the list: 1 holds the listings, the others the articles from the oldest on."""
    start = (number - 2) * PER_FILE
    if number == 1:
        return _answer(_urlset(_listings(publication_of(request).language_codes)))
    if number < 1 or start >= Article.objects.published().to_be_found().count():
        raise Http404
    chosen = Article.objects.published().to_be_found().order_by("pk")[start : start + PER_FILE]
    return _answer(_urlset(_articles(chosen)))


@public_page(also=hourly)
def news(request: HttpRequest) -> HttpResponse:
    """What was published in the last two days; the front page alone when that was nothing."""
    recent = (
        Article.objects.published()
        .to_be_found()
        .filter(published_at__gt=timezone.now() - NEWS_FOR)
        .newest()
        .only("year", "month", "slug", "headline", "language", "published_at")
    )
    name = legal(publication_of(request).name)
    return _answer(_newsset(list(recent[:NEWS_AT_MOST]), name))


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS.format(site=settings.SITE_URL), content_type="text/plain")


def _answer(document: bytes) -> HttpResponse:
    return HttpResponse(document, content_type=CONTENT_TYPE)


def _listings(languages: list[str]) -> list[Place]:
    """Front pages, pages, categories, and every tag and author with something to read."""
    readable = Article.objects.published().values("pk")
    newest = Article.objects.published().newest().values_list("published_at", flat=True).first()
    categories = Category.objects.in_order()
    tags = Tag.objects.filter(articles_articletag_items__content_object__in=readable)
    authors = AuthorProfile.objects.filter(bylines__article__in=readable)
    others = [(code, reverse("language", args=[code])) for code in languages[1:]]
    fronts = [(languages[0], "/"), *others] if others else []
    return [
        Place("/", newest, languages=fronts),
        *(Place(path, languages=fronts) for _, path in fronts[1:]),
        *(Place(page.get_absolute_url()) for page in Page.objects.published().order_by("path")),
        *(Place(category.get_absolute_url()) for category in categories),
        *(Place(reverse("tag", args=[tag.slug])) for tag in tags.order_by("pk").distinct()),
        *(Place(author.get_absolute_url()) for author in authors.order_by("pk").distinct()),
    ]


def _articles(articles: ArticleQuerySet) -> list[Place]:
    """Articles with their pictures and translations: three queries for all of them."""
    chosen = list(articles.only(*ADDRESS, "published_at", "updated_at", "translation_group"))
    languages = _translations({article.translation_group_id for article in chosen})
    renditions = Rendition.objects.filter(image=OuterRef("image"), format__in=["jpeg", "png"])
    widest = renditions.filter(width__lte=1280).order_by("-width", "format").values("name")[:1]
    figures = Figure.objects.filter(article__in=[article.pk for article in chosen])
    pictures: dict[int, list[str]] = {}
    for article_id, name in figures.values_list("article_id", Subquery(widest)):
        if name is not None:
            pictures.setdefault(article_id, []).append(reverse("rendition", args=[name]))
    return [
        Place(
            article.get_absolute_url(),
            article.last_change,
            pictures.get(article.pk, [])[:PICTURES],
            languages.get(article.translation_group_id, []),
        )
        for article in chosen
    ]


def _translations(groups: set[int | None]) -> dict[int | None, list[tuple[str, str]]]:
    """Group of translations → language and path of each article that can be read."""
    found: dict[int | None, list[tuple[str, str]]] = {}
    readable = Article.objects.published().to_be_found()
    together = readable.filter(translation_group__in=groups - {None})
    rows = together.order_by("language").only(*ADDRESS, "language", "translation_group")
    for row in rows:
        place = (row.language, row.get_absolute_url())
        found.setdefault(row.translation_group_id, []).append(place)
    return {group: places for group, places in found.items() if len(places) > 1}


def _urlset(places: list[Place]) -> bytes:
    xml = Document()
    with xml.element("urlset", {"xmlns": SITEMAP, "xmlns:image": IMAGE, "xmlns:xhtml": XHTML}):
        for place in places:
            with xml.element("url"):
                xml.leaf("loc", absolute(place.path))
                if place.changed:
                    xml.leaf("lastmod", moment(place.changed))
                for code, path in place.languages:
                    link = {"rel": "alternate", "hreflang": code, "href": absolute(path)}
                    xml.leaf("xhtml:link", attributes=link)
                for picture in dict.fromkeys(place.pictures):
                    with xml.element("image:image"):
                        xml.leaf("image:loc", absolute(picture))
    return xml.as_bytes()


def _index(files: int) -> bytes:
    xml = Document()
    with xml.element("sitemapindex", {"xmlns": SITEMAP}):
        for number in range(1, files + 1):
            with xml.element("sitemap"):
                xml.leaf("loc", absolute(reverse("sitemap_part", args=[number])))
    return xml.as_bytes()


def _newsset(articles: list[Article], name: str) -> bytes:
    xml = Document()
    with xml.element("urlset", {"xmlns": SITEMAP, "xmlns:news": NEWS}):
        for article in articles:
            with xml.element("url"):
                xml.leaf("loc", absolute(article.get_absolute_url()))
                with xml.element("news:news"):
                    with xml.element("news:publication"):
                        xml.leaf("news:name", name)
                        xml.leaf("news:language", article.language)
                    if article.published_at:
                        xml.leaf("news:publication_date", moment(article.published_at))
                    xml.leaf("news:title", legal(article.headline))
        if not articles:
            # The schema asks for one address at least; without news it is a page like any other.
            with xml.element("url"):
                xml.leaf("loc", absolute("/"))
    return xml.as_bytes()

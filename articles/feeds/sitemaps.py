"""The sitemap (pages, tags, authors, articles), the news sitemap and robots.txt.

There is one file while the site is small, later an index of files by type. Articles are divided by
id, so that no counting is needed and a new article changes one file only.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.text import Truncator
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body.tree import caption_text
from articles.editorial.listings import counts_by_language, targets_of
from articles.editorial.models import Article, Category, Figure, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.feeds.entries import xml_text
from articles.images.credit_line import credit_text, licence_url
from articles.images.models.rights import VISIBILITY_FIELDS
from articles.images.srcset import plain_rendition
from articles.pages.models import Page as EditorialPage
from iria.core.db.replica import reading
from iria.core.http.cache_versions import ProcessCache
from iria.core.http.page_cache import hourly, next_hour, public_page
from iria.core.http.urls import absolute_url, url_path
from iria.core.text.language import use_language
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

MAX_CAPTION_LENGTH: Final = 400
"""Maximum characters of caption and credit together; the credit is never truncated."""

MAX_IMAGES = 50
"""Maximum number of images of one article."""

URL_FIELDS: Final = ("year", "month", "slug")
ARTICLE_FIELDS: Final = ("published_at", "updated_at", "translation_group", "language", "state")
FIGURE_FIELDS: Final = (
    *("article_id", "caption", "position", "image__sizes", "image__digital_source_type"),
    *("image__licence_url", "image__usage_terms"),
    *(f"image__{field}" for field in VISIBILITY_FIELDS),
)

NONEMPTY_FILES: Final = """
SELECT number FROM generate_series(1,
    (SELECT (max(id) - 1) / %(per_file)s + 1 FROM articles_article)) AS number
CROSS JOIN LATERAL (
    SELECT FROM articles_article
    WHERE id > (number - 1) * %(per_file)s AND id <= number * %(per_file)s
        AND state = 'published' AND published_at <= %(now)s
        AND NOT noindex AND canonical_url = ''
    ORDER BY id LIMIT 1
) AS first ORDER BY number
"""
"""The numbers of the files with a published article that may be indexed; one row of each file is read."""


@dataclass(frozen=True, slots=True)
class SitemapImage:
    """An image of a page: the URL of its file, its caption with credit, the URL of its licence."""

    url: str
    caption: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page: its URL, its last change and its images."""

    path: str
    changed: datetime | None = None
    images: list[SitemapImage] = field(default_factory=list)
    languages: list[tuple[str, str]] = field(default_factory=list)
    """Code and URL of all translations, including the page itself."""


class SitemapSection(Sitemap[SitemapEntry]):
    """Pages of one type, divided into files by its paginator."""

    def __init__(self, make: Callable[[], Paginator[SitemapEntry]]) -> None:
        self._make = make

    @cached_property
    def paginator(self) -> Paginator[SitemapEntry]:
        return self._make()

    def location(self, item: SitemapEntry) -> str:
        return iri_to_uri(item.path)

    def lastmod(self, item: SitemapEntry) -> datetime | None:
        return item.changed

    def get_protocol(self, protocol: str | None = None) -> str:
        return settings.SITE_URL.partition("://")[0]

    def get_domain(self, site: object = None) -> str:
        return settings.SITE_URL.partition("://")[2]


class ArticlePaginator(Paginator[SitemapEntry]):
    """Divides articles by id: those from 1 to 450 are in the first file, even if some are missing.

    No counting is needed, and an article stays in its file.
    """

    def __init__(self, publication: Publication, per_page: int) -> None:
        super().__init__([], per_page)
        self._publication = publication
        self._articles = Article.objects.published().indexable().order_by("pk")

    @cached_property
    def count(self) -> int:
        """At most one more than fits into a file."""
        return self._articles[: self.per_page + 1].count()

    @property
    def page_range(self) -> list[int]:  # type: ignore[override]
        """The numbers of the files that are not empty."""
        with reading.cursor() as cursor:
            cursor.execute(NONEMPTY_FILES, {"per_file": self.per_page, "now": timezone.now()})
            return [number for (number,) in cursor.fetchall()]

    def page(self, number: int | str) -> Page[SitemapEntry]:
        last = int(number) * self.per_page
        found = self._articles.filter(pk__gt=last - self.per_page, pk__lte=last)
        return Page(_articles(found, self._publication), int(number), self)


def sitemap_sections(publication: Publication, per_file: int) -> dict[str, SitemapSection]:
    """All sections by name; queries are lazy."""
    languages = publication.language_codes
    entries: dict[str, Callable[[], list[SitemapEntry]]] = {
        "pages": lambda: _site_pages(languages),
        "topics": lambda: _pages_of(Scope.TAG, languages[1:]),
        "authors": lambda: _pages_of(Scope.AUTHOR, languages[1:]),
        "topics-by-language": lambda: _pages_by_language(Scope.TAG, languages[1:]),
        "authors-by-language": lambda: _pages_by_language(Scope.AUTHOR, languages[1:]),
    }
    return {
        **{name: _section(make, per_file) for name, make in entries.items()},
        "articles": article_section(publication, per_file),
    }


def _section(make: Callable[[], list[SitemapEntry]], per_file: int) -> SitemapSection:
    return SitemapSection(lambda: Paginator(make(), per_file))


def article_section(publication: Publication, per_file: int) -> SitemapSection:
    """The articles, with this range of ids per file."""
    return SitemapSection(lambda: ArticlePaginator(publication, per_file))


def _slugs(scope: Scope, others: Sequence[str] = ()) -> dict[int, str]:
    """Tags or authors of published articles, besides those in other languages."""
    rows: QuerySet[Any] = Tag.objects.all() if scope == Scope.TAG else AuthorProfile.objects.all()
    used = rows.filter(pk__in=targets_of(scope, others=others))
    return dict(used.order_by("pk").values_list("pk", "slug"))


def _pages_of(scope: Scope, others: Sequence[str]) -> list[SitemapEntry]:
    slugs = _slugs(scope, others)
    return [SitemapEntry(url_path(scope.value, slug)) for slug in slugs.values()]


def _pages_by_language(scope: Scope, languages: list[str]) -> list[SitemapEntry]:
    """Pages of tags and authors in the languages other than the first."""
    if not languages:
        return []
    pairs = [pair for pair in counts_by_language(scope) if pair[0] in languages]
    slugs = _slugs(scope)
    named = sorted((code, slugs[target]) for code, target in pairs if target in slugs)
    return [SitemapEntry(url_path(f"language_{scope.value}", code, slug)) for code, slug in named]


def _site_pages(languages: list[str]) -> list[SitemapEntry]:
    """Front pages, static pages, categories, tag and author lists, years and months."""
    newest = Article.objects.published().newest().values_list("published_at", flat=True).first()
    paths = ["/", *(url_path("language", code) for code in languages[1:])]
    fronts = list(zip(languages, map(absolute_url, paths), strict=True)) if paths[1:] else []
    indexes = ("archive", "tags", "authors", "corrections")
    return [
        SitemapEntry("/", newest, languages=fronts),
        *(SitemapEntry(path, languages=fronts) for path in paths[1:]),
        *(
            SitemapEntry(page.get_absolute_url())
            for page in EditorialPage.objects.published().order_by("path")
        ),
        *(SitemapEntry(each.get_absolute_url()) for each in Category.objects.in_order()),
        *(SitemapEntry(url_path(name)) for name in indexes),
        *_years_and_months(languages),
        *_categories_by_language(languages[1:]),
    ]


def _years_and_months(languages: list[str]) -> list[SitemapEntry]:
    """Years and months with articles; if there are several languages, also of each language."""
    counted = counts_by_language(Scope.MONTH)
    rows = sorted(
        ((code, *divmod(month, 100)) for code, month in counted),
        key=lambda row: (-row[1], -row[2], row[0]),
    )
    months = {("", year, month): None for code, year, month in rows if code not in languages[1:]}
    if len(languages) > 1:
        months |= {row: None for row in rows if row[0] in languages}
    entries: dict[str, None] = {}
    for code in languages if len(languages) > 1 else []:
        entries |= dict.fromkeys(
            url_path(f"language_{name}", code)
            for name in ("articles", "archive", "tags", "authors")
        )
    for code, year, month in months:
        own, prefix = ((code,), "language_") if code else ((), "")
        entries[url_path(f"{prefix}year", *own, year)] = None
        entries[url_path(f"{prefix}month", *own, year, month)] = None
    return [SitemapEntry(path) for path in entries]


def _categories_by_language(languages: list[str]) -> list[SitemapEntry]:
    """Categories with articles in the languages other than the first, and their ancestors."""
    if not languages:
        return []
    paths = dict(Category.objects.values_list("pk", "path").order_by())
    found = sorted(
        (code, paths[pk])
        for code, pk in counts_by_language(Scope.CATEGORY)
        if code in languages and pk in paths
    )
    return [SitemapEntry(url_path("language_category", code, path)) for code, path in found]


def _articles(articles: ArticleQuerySet, publication: Publication) -> list[SitemapEntry]:
    """Articles with their images and translations, in three queries."""
    chosen = list(articles.only(*URL_FIELDS, *ARTICLE_FIELDS))
    languages = _translations({article.translation_group_id for article in chosen})
    figures = Figure.objects.on_page().filter(article__in=[article.pk for article in chosen])
    rows = figures.order_by("article", "position").select_related("image").only(*FIGURE_FIELDS)
    used: dict[int, list[Figure]] = {}
    for row in rows:
        used.setdefault(row.article_id, []).append(row)
    return [
        SitemapEntry(
            article.get_absolute_url(),
            article.last_change,
            _images(article, used.get(article.pk, ()), publication),
            languages.get(article.translation_group_id, []),
        )
        for article in chosen
    ]


def _images(
    article: Article, figures: Iterable[Figure], publication: Publication
) -> list[SitemapImage]:
    """The visible images of the article, each once, with caption and credit."""
    found: dict[int, SitemapImage] = {}
    with use_language(article.language):
        for each in figures:
            file = plain_rendition(each.image) if article.shows(each.image) else None
            if file is not None and each.image_id not in found:
                caption = caption_text(each.caption or "")
                credit = credit_text(each.image, publication)
                found[each.image_id] = SitemapImage(
                    absolute_url(file.get_absolute_url()),
                    xml_text(_with_credit(caption, credit)),
                    licence_url(each.image),
                )
    return list(found.values())[:MAX_IMAGES]


def _with_credit(caption: str, credit: str) -> str:
    """The caption, truncated so that the credit fits, and the credit."""
    if not caption:
        return credit
    length = max(MAX_CAPTION_LENGTH - len(credit) - 1, 1)
    return f"{Truncator(caption).chars(length)} {credit}".strip()


def _translations(groups: set[int | None]) -> dict[int | None, list[tuple[str, str]]]:
    """Translation group → language and URL of each published article."""
    found: dict[int | None, list[tuple[str, str]]] = {}
    readable = Article.objects.published().indexable()
    translations = readable.filter(translation_group__in=groups - {None})
    rows = translations.order_by("language").only(*URL_FIELDS, "language", "translation_group")
    for row in rows:
        translation = (row.language, absolute_url(row.get_absolute_url()))
        found.setdefault(row.translation_group_id, []).append(translation)
    return {group: entries for group, entries in found.items() if len(entries) > 1}


SECTIONS: Final = (
    *("pages", "topics", "authors"),
    *("topics-by-language", "authors-by-language"),
    "articles",
)
"""The sections of the index."""

PER_FILE = 450
"""URLs in one file. The protocol allows 50,000 and 50 MB; with the longest URLs, all images and
every language, this number stays below that (tests/articles/feeds/test_sitemaps.py)."""

_indexes: ProcessCache[str | None] = ProcessCache()
"""The index of files; it changes only with the rows."""

NEWS_PERIOD: Final = timedelta(hours=48)
MAX_NEWS: Final = 1000

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
def sitemap(request: HttpRequest) -> HttpResponse:
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
        absolute_url(reverse("sitemap_part", args=[name, number]))
        for name, section in sections.items()
        if section.paginator.count
        for number in section.paginator.page_range
    ]
    return render_to_string("articles/feeds/sitemap_index.xml", {"files": files})


@public_page
def sitemap_file(request: HttpRequest, section_name: str, number: int) -> HttpResponse:
    """A file of the index; not found if it is not listed."""
    section = sitemap_sections(publication_of(request), PER_FILE)[section_name]
    try:
        urls = section.get_urls(number)
    except EmptyPage:
        urls = []
    if not urls:
        raise Http404
    return _urlset(urls)


@public_page(also=hourly)
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """Articles of the last two days."""
    recent = (
        Article.objects.published()
        .indexable()
        .filter(published_at__gt=next_hour() - NEWS_PERIOD)
        .newest()
        .only("year", "month", "slug", "headline", "language", "published_at")
    )
    articles = [
        {
            "url": absolute_url(article.get_absolute_url()),
            "language": article.language,
            "published_at": article.published_at,
            "title": xml_text(article.headline),
        }
        for article in recent[:MAX_NEWS]
    ]
    name = xml_text(publication_of(request).name)
    context = {"articles": articles, "name": name}
    return _xml("news_sitemap", context)


@public_page
def robots_txt(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS.format(site=settings.SITE_URL), content_type="text/plain")


def _urlset(urls: Iterable[dict[str, Any]]) -> HttpResponse:
    return _xml("sitemap", {"urlset": urls})


def _xml(template: str, context: dict[str, Any]) -> HttpResponse:
    # Without the request: the context processors are not needed.
    document = render_to_string(f"articles/feeds/{template}.xml", context)
    return HttpResponse(document, content_type=CONTENT_TYPE)

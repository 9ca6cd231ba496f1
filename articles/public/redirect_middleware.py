"""Redirects for URLs that are not found."""

import re
from collections.abc import Collection
from contextlib import suppress

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from articles.editorial import article_urls
from articles.editorial.models import Article, Redirect
from articles.pages.saving import moved_to
from iria.core.http.headers import GetResponse
from iria.core.http.private_paths import is_private

MAX_PATH_LENGTH = Redirect._meta.get_field("old_path").max_length or 500
NUMBER_PARAMETERS = ("p", "page_id")
NUMBERED_PATH = article_urls.numbered_path("")
LANGUAGE_PREFIX = re.compile(r"/language/[-\w]+(?=/(?:category|tag|author)/)")
SUBPAGES = re.compile(
    r"(?<=/)(?:feed/(?:atom/|json/)?|picture/[0-9]+/|comments/(?:newest/|discussed/|[0-9]+/)?)$"
)

CONVENTIONAL_FEED = re.compile(
    r"(?P<listing>/(?:(?:category|tag|author|language)/.+?/)?)"
    r"(?:rss2?|feed/(?:rss2?|rdf|index\.xml)|(?:rss|feed|index)\.xml|index\.rdf)"
)
"""Names of list feeds in WordPress, Ghost and static site generators."""
CONVENTIONAL_FILES = {
    "/atom.xml": "/feed/atom/",
    "/feed.atom": "/feed/atom/",
    "/feed/atom.xml": "/feed/atom/",
    "/atom": "/feed/atom/",
    "/feed.json": "/feed/json/",
    "/feed.rss": "/feed/",
    "/feeds/posts/default": "/feed/",
    "/sitemap_index.xml": "/sitemap.xml",
    "/sitemap-index.xml": "/sitemap.xml",
    "/wp-sitemap.xml": "/sitemap.xml",
    "/sitemap.xml": "/sitemap.xml",
    "/post-sitemap.xml": "/sitemap.xml",
    "/page-sitemap.xml": "/sitemap.xml",
    "/sitemap-posts.xml": "/sitemap.xml",
    "/sitemap-pages.xml": "/sitemap.xml",
    "/news-sitemap.xml": "/sitemap-news.xml",
}
"""Conventional path → path on this site."""


class RedirectMiddleware:
    """Replaces a 404 response with a redirect (301) if the page has moved."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        if is_private(request) or not (url := find_redirect(request.path)):
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)


def _number(request: HttpRequest) -> str:
    """The number of a text in `/?p=12` or `/?page_id=12`, as WordPress links to it."""
    if not request.META.get("QUERY_STRING"):
        return ""
    found = next((request.GET[name] for name in NUMBER_PARAMETERS if name in request.GET), "")
    return found if found.isascii() and found.isdigit() and len(found) < 19 else ""


def find_numbered(number: str) -> str:
    """The URL of the text that had this number elsewhere; empty if there is none."""
    old = article_urls.numbered_path(number)
    found = (
        Redirect.objects.filter(old_path=old)
        .select_related("article")
        .defer("article__body")
        .first()
    )
    return _target(found) if found else moved_to(old)


class NumberedRedirects:
    """Redirects of `/?p=12`, which names a text by its number in another system.

    Outside stored pages, because the front page does not read its query and is stored without it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.path == "/"
            and request.method in {"GET", "HEAD"}
            and (number := _number(request))
        ):
            with suppress(DatabaseError):
                if url := find_numbered(number):
                    return HttpResponsePermanentRedirect(url)
        return self.get_response(request)


def find_redirect(path: str) -> str:
    """The new path of a moved or conventional path; empty if there is none.

    The feeds of a category, tag, author or article move with it, and so do an article's large views
    and the lists of one language. An article is also found by its slug alone.
    """
    path_with_slash = path if path.endswith("/") else f"{path}/"
    if in_language := LANGUAGE_PREFIX.match(path_with_slash):
        new = find_redirect(path_with_slash[in_language.end() :])
        return in_language[0] + new if new else ""
    below = SUBPAGES.search(path_with_slash)
    old = path_with_slash[: below.start()] if below else path_with_slash
    if "\x00" in old or len(escape_uri_path(old)) > MAX_PATH_LENGTH:
        return ""
    found = (
        Redirect.objects.filter(old_path__in={old, escape_uri_path(old)})
        .select_related("article", "category", "author", "tag")
        .defer("article__body")
        .first()
    )
    new = _target(found) if found else moved_to(old)
    if not new:
        return _conventional_redirect(path_with_slash.rstrip("/")) or _without_month(
            path_with_slash
        )
    return new + below[0] if below else new


def find_redirects(paths: Collection[str]) -> dict[str, str]:
    """`find_redirect` for many paths, or `find_numbered` for those like `/?p=12`; in one query where possible."""
    redirects = Redirect.objects.filter(old_path__in=paths)
    rows = redirects.select_related("article", "category", "author", "tag").defer("article__body")
    known = {each.old_path: _target(each) for each in rows}
    found = {}
    for path in paths:
        if path.startswith(NUMBERED_PATH):
            found[path] = known.get(path) or find_numbered(path.removeprefix(NUMBERED_PATH))
        elif path in known and not (SUBPAGES.search(path) or LANGUAGE_PREFIX.match(path)):
            found[path] = known[path]
        else:
            found[path] = find_redirect(path)
    return found


def _conventional_redirect(path: str) -> str:
    """The path of a feed or sitemap that was requested by a conventional name."""
    if path in CONVENTIONAL_FILES:
        return CONVENTIONAL_FILES[path]
    feed = CONVENTIONAL_FEED.fullmatch(path)
    return f"{feed['listing']}feed/" if feed else ""


def _without_month(path: str) -> str:
    """The URL of the only article with the slug in `/slug/`; empty if there is none or a second."""
    slug = path.strip("/")
    if "/" in slug:
        return ""
    found = Article.objects.published().filter(slug=slug).only("year", "month", "slug")[:2]
    return found[0].get_absolute_url() if len(found) == 1 else ""


def _target(redirect: Redirect) -> str:
    if redirect.article is not None:
        return redirect.article.get_absolute_url() if redirect.article.is_published else ""
    if redirect.tag is not None:
        return reverse("tag", args=[redirect.tag.slug])
    target = redirect.category or redirect.author
    return target.get_absolute_url() if target is not None else ""

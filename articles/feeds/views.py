"""The feeds of every listing, and their `Last-Modified` times."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.comments.models import ModerationDecision
from articles.comments.submission.comment_policy import policy_of
from articles.comments.thread_queries import thread_scope
from articles.editorial.listings import Listing, front_articles
from articles.editorial.models import Article, Category, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.feeds import formats
from articles.feeds.channels import Channel, channel_of, newest_matches, thread_entries
from articles.feeds.entries import MAX_ENTRIES, entries
from articles.feeds.tasks import has_hub
from articles.search.engine import InvalidQuery
from articles.search.results import parse_request
from articles.search.views import RETRY_AFTER, TOO_OFTEN, may_search
from iria.core.db.replica import reading
from iria.core.http.page_cache import public_page
from iria.core.text.language import use_language
from iria.core.text.languages import LANGUAGE_NAMES, native_name
from iria.publication.context_processors import publication_of

NEWEST_CHANGES: Final = """
SELECT (SELECT created_at FROM articles_statechange ORDER BY id DESC LIMIT 1),
    (SELECT created_at FROM articles_revision ORDER BY id DESC LIMIT 1),
    (SELECT created_at FROM articles_imageevent ORDER BY id DESC LIMIT 1)
"""


def last_change(channel: Channel, decided_at: datetime | None = None) -> datetime:
    """When a feed changed last, for conditional requests by date alone.

    The newest entry is not enough: an article that is unpublished or moved to another category
    leaves an older feed, and a corrected credit does not change the date of an entry. So the
    newest change of an article and of an image counts too, read from the ends of three indexes in one
    query. The time changes more often than the feed, which only costs a download.
    """
    with reading.cursor() as cursor:
        cursor.execute(NEWEST_CHANGES)
        times: list[datetime | None] = [*(cursor.fetchone() or ()), channel.updated, decided_at]
    return max(each for each in times if each)


FeedView = Callable[..., HttpResponse]


@public_page(parameters=("text=summary",))
def site(request: HttpRequest, feed_format: str = "") -> HttpResponse:
    """The feed of the front page: the publication's first language and unlisted languages."""
    codes = publication_of(request).language_codes
    return _feed(request, feed_format, front_articles(MAX_ENTRIES, codes[0], codes))


@public_page(parameters=("text=summary",))
def language(request: HttpRequest, code: str, feed_format: str = "") -> HttpResponse:
    newest = _newest(request, Scope.ALL, 0, code)
    path = f"/language/{code}/"
    return _feed(request, feed_format, newest, path=path, name=native_name(code), language=code)


@public_page(parameters=("text=summary",))
def category(
    request: HttpRequest, path: str, feed_format: str = "", code: str = ""
) -> HttpResponse:
    """The feed of a category, in one language."""
    chosen = get_object_or_404(Category, path=path)
    with use_language(code):
        name, introduction = chosen.local_name, chosen.local_introduction
    return _feed(
        request,
        feed_format,
        _newest(request, Scope.CATEGORY, chosen.pk, code),
        path=_language_prefix(code) + chosen.get_absolute_url(),
        name=name,
        description=introduction,
        language=code,
    )


@public_page(parameters=("text=summary",))
def tag(request: HttpRequest, slug: str, feed_format: str = "", code: str = "") -> HttpResponse:
    chosen = get_object_or_404(Tag, slug=slug)
    newest = _newest(request, Scope.TAG, chosen.pk, code, must_exist=True)
    path = f"{_language_prefix(code)}/tag/{slug}/"
    return _feed(request, feed_format, newest, path=path, name=chosen.name, language=code)


@public_page(parameters=("text=summary",))
def author(request: HttpRequest, slug: str, feed_format: str = "", code: str = "") -> HttpResponse:
    chosen = get_object_or_404(AuthorProfile, slug=slug)
    return _feed(
        request,
        feed_format,
        _newest(request, Scope.AUTHOR, chosen.pk, code, must_exist=True),
        path=_language_prefix(code) + chosen.get_absolute_url(),
        name=chosen.name,
        description=chosen.biography,
        language=code,
    )


def _newest(
    request: HttpRequest, scope: Scope, target: int, code: str, *, must_exist: bool = False
) -> ArticleQuerySet:
    """The newest articles of a list, in one language, by default the publication's first.

    Args:
        must_exist: raise Http404 if there is no published article, as for pages of tags and authors.
    """
    if code and code not in LANGUAGE_NAMES:
        raise Http404
    if must_exist and not Listing(scope, target, code).exists():
        raise Http404
    others = () if code else tuple(publication_of(request).language_codes[1:])
    return Listing(scope, target, code, others).cut(0, MAX_ENTRIES)


def _language_prefix(code: str) -> str:
    return f"/language/{code}" if code else ""


@public_page(also=thread_scope)
def thread(
    request: HttpRequest, year: int, month: int, slug: str, feed_format: str = ""
) -> HttpResponse:
    """The feed of the comments on an article, newest first."""
    articles = Article.objects.published().defer("body")
    article = get_object_or_404(articles, year=year, month=month, slug=slug)
    publication = publication_of(request)
    if policy_of(article, publication).is_off:
        raise Http404
    with use_language(publication.language_codes[0]), use_language(article.language):
        name = gettext("Comments on “%(headline)s”") % {"headline": article.headline}
    channel = channel_of(
        publication,
        thread_entries(article),
        path=article.get_absolute_url(),
        name=name,
        description=article.standfirst,
        language=article.language,
    )
    decided_at = (
        ModerationDecision.objects.order_by("-pk").values_list("created_at", flat=True).first()
    )
    return feed_response(feed_format, channel, decided_at)


@public_page(parameters=None)
def search(request: HttpRequest, feed_format: str = "") -> HttpResponse:
    """The feed of a search: the newest articles with all words of the query."""
    if not may_search(request):
        return _text_response(gettext(TOO_OFTEN), status=429, headers=RETRY_AFTER)
    try:
        search_request = parse_request(request.GET)
        found = newest_matches(search_request)
    except InvalidQuery as error:
        return _text_response(error.message, status=400)
    return _feed(
        request,
        feed_format,
        found,
        path=reverse("search"),
        name=search_request.text,
        page_query=search_request.query_string,
    )


def _text_response(
    message: str, *, status: int, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """An error message for feed readers, as plain text."""
    plain = "text/plain; charset=utf-8"
    return HttpResponse(f"{message}\n", status=status, content_type=plain, headers=headers)


def _feed(
    request: HttpRequest, feed_format: str, articles: ArticleQuerySet, **about: str
) -> HttpResponse:
    publication = publication_of(request)
    summary = request.GET.get("text") == "summary"
    with_full_text = publication.full_text_feeds and not summary
    parts = [about.get("page_query", ""), "text=summary" if summary else ""]
    query = "&".join(part for part in parts if part)
    feed_entries = entries(
        articles,
        publication,
        with_full_text=with_full_text,
        until=request.until,  # type: ignore[attr-defined]  # of `public_page`
    )
    about["hub"] = settings.WEBSUB_HUB if has_hub(about.get("path", "/")) and not query else ""
    return feed_response(
        feed_format, channel_of(publication, feed_entries, feed_query=query, **about)
    )


def feed_response(
    feed_format: str, channel: Channel, decided_at: datetime | None = None
) -> HttpResponse:
    """The response with the channel in the requested format.

    Args:
        decided_at: the time of the last moderation decision about entries, for comment feeds.
    """
    if feed_format == "json":
        response = HttpResponse(formats.write_json(channel), content_type=formats.JSON_CONTENT_TYPE)
    else:
        feed = formats.XML_FORMATS[feed_format].of(channel)
        response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    if channel.hub:
        own = channel.feed_url(feed_format)
        response.headers["Link"] = f'<{channel.hub}>; rel="hub", <{own}>; rel="self"'
    response.headers["Last-Modified"] = http_date(last_change(channel, decided_at).timestamp())
    return response

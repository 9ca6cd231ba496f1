"""When a feed last changed, as HTTP counts.

The feeds of every listing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.comments.models import ModerationDecision
from articles.comments.submission.comment_policy import settings_of
from articles.comments.threads.permalinks import thread_scope
from articles.editorial.listings import Listing, front_articles
from articles.editorial.models import Article, Category, Revision, Scope, StateChange
from articles.editorial.models.article import LANGUAGES
from articles.editorial.models.querysets import ArticleQuerySet
from articles.feeds import json_feed, xml_feeds
from articles.feeds.channels import Channel, channel_of, newest_matches, thread_entries
from articles.feeds.entries import LENGTH, entries
from articles.images.models import ImageEvent
from articles.search.limits import RETRY_AFTER, TOO_OFTEN, may_search
from articles.search.query.search_request import parse_request
from articles.search.ranking.engine import InvalidQuery
from iria.core.http.page_cache import public_page
from iria.core.text.language import native_name, use_language
from iria.publication.context_processors import publication_of


def last_change(channel: Channel, decided: datetime | None = None) -> datetime:
    """When a feed changed last: no reader who asks by date alone may miss anything.

    The newest entry does not tell: an article that was withdrawn, or moved to another category,
    leaves a feed older than it was, and a credit that was put right changes no entry's date. So the
    newest work at the desk and in the library counts too, read from the ends of three indexes in one
    query; a feed then counts as changed more often than it is, which costs a download.
    """
    newest = [
        rows.order_by("-pk").values(moment=F(field))[:1]
        for rows, field in (
            (StateChange.objects.all(), "created_at"),
            (Revision.objects.all(), "created_at"),
            (ImageEvent.objects.all(), "created_at"),
        )
    ]
    moments: list[datetime] = [
        row["moment"] for row in newest[0].union(*newest[1:], all=True).order_by()
    ]
    return max(each for each in [*moments, channel.updated, decided] if each)


FeedView = Callable[..., HttpResponse]


@public_page
def site(request: HttpRequest, form: str = "") -> HttpResponse:
    """The articles of the front page: the publication's first language, and what it does not list."""
    codes = publication_of(request).language_codes
    return _feed(request, form, front_articles(LENGTH, codes[0], codes))


@public_page
def language(request: HttpRequest, code: str, form: str = "") -> HttpResponse:
    newest = _newest(Scope.ALL, 0, code)
    path = f"/language/{code}/"
    return _feed(request, form, newest, path=path, name=native_name(code), language=code)


@public_page
def category(request: HttpRequest, path: str, form: str = "", code: str = "") -> HttpResponse:
    """A section, or what there is of it in one language."""
    chosen = get_object_or_404(Category, path=path)
    return _feed(
        request,
        form,
        _newest(Scope.CATEGORY, chosen.pk, code),
        path=_below(code) + chosen.get_absolute_url(),
        name=chosen.name,
        description=chosen.introduction,
        language=code,
    )


@public_page
def tag(request: HttpRequest, slug: str, form: str = "", code: str = "") -> HttpResponse:
    chosen = get_object_or_404(Tag, slug=slug)
    newest = _newest(Scope.TAG, chosen.pk, code, needed=True)
    path = f"{_below(code)}/tag/{slug}/"
    return _feed(request, form, newest, path=path, name=chosen.name, language=code)


@public_page
def author(request: HttpRequest, slug: str, form: str = "", code: str = "") -> HttpResponse:
    chosen = get_object_or_404(AuthorProfile, slug=slug)
    return _feed(
        request,
        form,
        _newest(Scope.AUTHOR, chosen.pk, code, needed=True),
        path=_below(code) + chosen.get_absolute_url(),
        name=chosen.name,
        description=chosen.biography,
        language=code,
    )


def _newest(scope: Scope, target: int, code: str, *, needed: bool = False) -> ArticleQuerySet:
    """The newest of a list, in every language where none is named.

    Args:
        needed: what only drafts bear has no feed, as it has no page.
    """
    if code and code not in dict(LANGUAGES):
        raise Http404
    listing = Listing(scope, target, code)
    if needed and not listing.exists():
        raise Http404
    return listing.cut(0, LENGTH)


def _below(code: str) -> str:
    return f"/language/{code}" if code else ""


@public_page(also=thread_scope)
def thread(request: HttpRequest, year: int, month: int, slug: str, form: str = "") -> HttpResponse:
    """The comments below an article, newest first."""
    articles = Article.objects.published().defer("body")
    article = get_object_or_404(articles, year=year, month=month, slug=slug)
    publication = publication_of(request)
    if settings_of(article, publication).is_off:
        raise Http404
    with use_language(publication.language_codes[0]), use_language(article.language):
        name = gettext("Comments on “%(headline)s”") % {"headline": article.headline}
    comments = thread_entries(article)
    channel = channel_of(
        publication,
        comments,
        path=article.get_absolute_url(),
        name=name,
        description=article.standfirst,
        language=article.language,
    )
    decided = (
        ModerationDecision.objects.order_by("-pk").values_list("created_at", flat=True).first()
    )
    moments = [decided, *(each.updated for each in comments)]
    return feed_response(form, channel, max(filter(None, moments), default=None))


@public_page
def search(request: HttpRequest, form: str = "") -> HttpResponse:
    """What holds the words, the newest first: a search to be told of from now on."""
    if not may_search(request):
        return _sentence(gettext(TOO_OFTEN), status=429, headers=RETRY_AFTER)
    try:
        search_request = parse_request(request.GET)
        found = newest_matches(search_request)
    except InvalidQuery as mistake:
        return _sentence(mistake.message, status=400)
    return _feed(
        request,
        form,
        found,
        path=reverse("search"),
        name=search_request.text,
        page_query=search_request.query_string,
    )


def _sentence(
    sentence: str, *, status: int, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """What a feed reader shows where there is no feed."""
    plain = "text/plain; charset=utf-8"
    return HttpResponse(f"{sentence}\n", status=status, content_type=plain, headers=headers)


def _feed(request: HttpRequest, form: str, articles: ArticleQuerySet, **about: str) -> HttpResponse:
    publication = publication_of(request)
    summary = request.GET.get("text") == "summary"
    with_full_text = publication.full_text_feeds and not summary
    parts = [about.get("page_query", ""), "text=summary" if summary else ""]
    query = "&".join(part for part in parts if part)
    feed_entries = entries(articles, publication, with_full_text=with_full_text)
    return feed_response(form, channel_of(publication, feed_entries, feed_query=query, **about))


def feed_response(form: str, channel: Channel, decided: datetime | None = None) -> HttpResponse:
    """The channel in the form that was asked for.

    Args:
        decided: when something was decided about entries besides the work at the desk.
    """
    if form == "json":
        response = HttpResponse(json_feed.write(channel), content_type=json_feed.CONTENT_TYPE)
    else:
        feed = xml_feeds.FORMS[form].of(channel)
        response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    response.headers["Last-Modified"] = http_date(last_change(channel, decided).timestamp())
    return response

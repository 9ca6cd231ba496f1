"""Error pages: not found with suggestions for the URL, bad request, server error."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db.models import CharField, F, FloatField, Func, Model, QuerySet, Value
from django.db.models.functions import Cast, Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.listings import targets_of
from articles.editorial.models import Article, Category, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.pages.models import Page
from articles.public.navigation import ListingScope, NoSuchLanguage, front_page_url
from articles.public.redirect_middleware import find_redirect
from articles.search.engine import InvalidQuery, search_articles
from articles.search.query import require_all_words
from articles.search.suggestions import TIMEOUT_MS, correct_spelling
from iria.core.db.queries import TookTooLong, time_limit
from iria.core.http.headers import client_ip
from iria.core.http.private_paths import is_private
from iria.core.pagination import NoSuchPage
from iria.core.security import count_and_allow
from iria.core.text.language import use_language
from iria.core.text.languages import LANGUAGE_NAMES
from iria.publication.context_processors import in_its_language, publication_of

MAX_NEWEST = 5
TOO_LARGE = gettext_noop("Request too large")
INVALID_REQUEST = gettext_noop("Invalid request")


@in_its_language
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Suggestions for the path and its words as a search; else the newest articles. All are in the
    language of the URL.
    """
    code, codes = language_of_path(request.path), publication_of(request).language_codes
    scope = ListingScope(others=tuple(codes[1:]))
    if code not in {"", codes[0]}:
        scope = ListingScope(code, front_page_url(code, publication_of(request)))
    with use_language(code):
        return _page_not_found(request, exception, scope, code)


LANGUAGE_PATH: Final = re.compile(r"/language/([-\w]{2,8})/")


def language_of_path(path: str) -> str:
    """The language in a URL such as /language/fr/archive/; empty for the publication's first."""
    found = LANGUAGE_PATH.match(path)
    return found[1] if found and found[1] in LANGUAGE_NAMES else ""


def _page_not_found(
    request: HttpRequest, exception: Exception, scope: ListingScope, code: str
) -> HttpResponse:
    if is_private(request) or request.method not in {"GET", "HEAD"}:
        suggestions = DidYouMean(words_in_path(request.path))
    elif find_redirect(request.path):
        return HttpResponse(status=404)  # RedirectMiddleware replaces this response
    else:
        suggestions = (
            did_you_mean(request.path, scope)
            if _may_search(request)
            else DidYouMean(words_in_path(request.path))
        )
    newest = scope.articles.newest().for_cards()[:MAX_NEWEST]
    context = {
        "suggestions": suggestions,
        "newest": [] if suggestions.articles else newest,
        "query": suggestions.query,
        **({"page_language": code} if code else {}),
        "reason": str(exception) if isinstance(exception, NoSuchPage) else "",
        "is_without_language": isinstance(exception, NoSuchLanguage),
    }
    return render(request, "404.html", context, status=404)


def _may_search(request: HttpRequest) -> bool:
    """Limits the rate of searches, which cost more than other pages."""
    ip_address = client_ip(request)
    return count_and_allow("missing", ip_address, limit=60, per=timedelta(minutes=1))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request was too large, incomplete or malformed."""
    if isinstance(exception, DisallowedHost):
        # The host is not ours, so links on a page would not work.
        return HttpResponse("Unknown host name.\n", status=400, content_type="text/plain")
    return _bad_request_page(request, exception)


@in_its_language
def _bad_request_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {"heading": gettext(INVALID_REQUEST), "sentence": _error_detail(exception)}
    status = 400
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        context["heading"], status = gettext(TOO_LARGE), 413
    return render(request, "400.html", context, status=status)


def _error_detail(exception: Exception) -> str:
    match exception:
        case RequestDataTooBig():
            maximum = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024**2
            message = gettext(
                "A form can contain at most %(most)s MB of text. Go back and shorten it."
            )
            return message % {"most": maximum}
        case TooManyFieldsSent():
            maximum = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0
            message = gettext(
                "A form can contain at most %(most)s fields. Go back and select fewer rows."
            )
            return message % {"most": f"{maximum:,}"}
        case TooManyFilesSent():
            maximum = settings.DATA_UPLOAD_MAX_NUMBER_FILES or 0
            message = gettext(
                "You can upload at most %(most)s files at once. Go back and select fewer."
            )
            return message % {"most": maximum}
    return gettext("The request was incomplete or malformed. Go back and try again.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the database, which may be the cause of the error."""
    try:
        page: str = render_to_string("500.html")
    except Exception:
        page = "<!doctype html><title>Server error</title><p>Something went wrong on our side."
    return HttpResponse(page, status=500)


MIN_SIMILARITY: Final = 0.35
"""Minimum trigram similarity of two slugs; one typo in five letters leaves this much."""

CONFIDENT_SIMILARITY: Final = 0.6
"""The similarity above which a page is suggested in any case."""

CONFIDENT_SHARED_PART: Final = 0.8
"""Below it, the part of the characters that two slugs have in common, in the same order."""

MAX_SIMILAR: Final = 3


@dataclass(frozen=True, slots=True)
class SuggestedPage:
    """A category, tag, author or static page, with its name."""

    name: str
    url: str


def similar_urls(part: str, scope: ListingScope) -> list[SuggestedPage]:
    """Pages that `part`, a path segment, means with confidence; the most similar first, ignoring case and accents."""
    categories: QuerySet[Category] = Category.objects.all()
    pages = Page.objects.published()
    if scope.code:
        categories = _used(categories, Scope.CATEGORY, scope)
    tags = _used(Tag.objects.all(), Scope.TAG, scope)
    authors = _used(AuthorProfile.objects.all(), Scope.AUTHOR, scope)
    found = _similar_rows(part, categories, "category", "name", "slug", "path").union(
        _similar_rows(part, tags, "tag", "name", "slug", "slug"),
        _similar_rows(part, authors, "author", "name", "slug", "slug"),
        _similar_rows(part, pages, "page", "title", "path", "path"),
        all=True,
    )
    rows = found.order_by("-similarity", "label")[:MAX_SIMILAR]
    return [
        SuggestedPage(
            label, reverse("page", args=[key]) if route == "page" else scope.url(route, key)
        )
        for label, route, key, similarity in rows
        if similarity >= CONFIDENT_SIMILARITY or _shared_part(part, key) >= CONFIDENT_SHARED_PART
    ]


def _used[T: Model](rows: QuerySet[T], kind: Scope, scope: ListingScope) -> QuerySet[T]:
    """Those with articles in the scope."""
    return rows.filter(pk__in=targets_of(kind, language=scope.code, others=scope.others))


def _shared_part(part: str, key: str) -> float:
    return SequenceMatcher(None, part.casefold(), key.rpartition("/")[2].casefold()).ratio()


def _similar_rows(
    part: str, rows: QuerySet[Any], route: str, label: str, compared: str, key: str
) -> QuerySet[Any]:
    last_words = Func(
        F(compared), Value("^.*/"), Value(""), function="regexp_replace", output_field=CharField()
    )
    similarity = Func(
        _unaccented(last_words),
        _unaccented(Value(part)),
        function="similarity",
        output_field=FloatField(),
    )
    found: QuerySet[Any] = (
        rows.annotate(similarity=similarity, route=Value(route), label=F(label), key=F(key))
        .filter(similarity__gte=MIN_SIMILARITY)
        .order_by()
        .values_list("label", "route", "key", "similarity")
    )
    return found


def _unaccented(text: Any) -> Func:
    """The text in lower case, without accents."""
    return Func(Lower(Cast(text, CharField())), function="unaccent", output_field=CharField())


MAX_SUGGESTIONS: Final = 5
IGNORED_WORDS: Final = frozenset({"html", "htm", "php", "index", "www"})
FILE_EXTENSION: Final = re.compile(r"\.(?!html?$)[a-z0-9]{1,5}$", re.IGNORECASE)
"""Paths with these extensions are requested by bots that look for other software."""

SLUG: Final = re.compile(r"[-\w]{1,80}")


@dataclass(frozen=True, slots=True)
class DidYouMean:
    """The words of a path, and suggested pages, the most similar first."""

    query: str = ""
    articles: list[Article] = field(default_factory=list)
    pages: list[SuggestedPage] = field(default_factory=list)


def did_you_mean(path: str, scope: ListingScope) -> DidYouMean:
    """In that language, articles with the same slug in another month, or a similar headline; else categories, tags,
    authors and pages with a similar slug; else articles that contain all the words.

    The last path segment is used; if it finds nothing, all of them. Spelling is corrected as in a
    search.
    """
    parts, among = _parts(path), scope.articles
    last_words, all_words = _words(parts[-1:]), _words(parts)
    if not last_words or FILE_EXTENSION.search(path):
        return DidYouMean(last_words or all_words)
    slug = parts[-1].removesuffix(".html").removesuffix(".htm")
    if not SLUG.fullmatch(slug):
        slug = ""
    articles = _with_slug(slug, among) or _with_similar_headline(last_words, among)
    pages = similar_urls(slug, scope) if slug and not articles else []
    if pages:
        return DidYouMean(last_words, pages=pages)
    for query in dict.fromkeys(filter(None, [last_words, correct_spelling(last_words), all_words])):
        if not articles:
            articles = _matching(query, among)
    return DidYouMean(last_words, articles)


def words_in_path(path: str) -> str:
    """The words in the last path segment."""
    return _words(_parts(path)[-1:])


def _parts(path: str) -> list[str]:
    return [part for part in unquote(path).split("/") if part and part != "feed"]


def _words(parts: list[str]) -> str:
    """The words without numbers and words that are common in URLs."""
    found = re.findall(r"[^\W\d_]{2,}", " ".join(parts))
    return " ".join(word for word in found if word.lower() not in IGNORED_WORDS)[:80]


def _with_slug(slug: str, among: ArticleQuerySet) -> list[Article]:
    if not slug:
        return []
    return list(among.filter(slug=slug).newest().for_cards()[:MAX_SUGGESTIONS])


def _with_similar_headline(words: str, among: ArticleQuerySet) -> list[Article]:
    similarity = TrigramSimilarity("headline", words)
    # The first condition uses the index.
    found = among.filter(headline__trigram_similar=words)
    nearest = found.annotate(similarity=similarity).filter(similarity__gte=CONFIDENT_SIMILARITY)
    try:
        with time_limit(TIMEOUT_MS):
            return list(nearest.order_by("-similarity", "-pk").for_cards()[:MAX_SUGGESTIONS])
    except TookTooLong:
        return []


def _matching(query: str, among: ArticleQuerySet) -> list[Article]:
    try:
        found = search_articles(
            require_all_words(query),
            size=MAX_SUGGESTIONS,
            with_feedback=False,
            with_explanations=False,
        )
    except InvalidQuery:
        return []
    shown = set(
        among.filter(pk__in=[each.article.pk for each in found.hits]).values_list("pk", flat=True)
    )
    return [each.article for each in found.hits if each.article.pk in shown]

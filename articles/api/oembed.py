"""oEmbed provider for our own articles."""

import re
from math import inf
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import escape

from articles.api.problems import NOT_FOUND, PARAMETER, ApiError, problem_response, reject_parameter
from articles.editorial.models import Article
from articles.images.credit_line import credit_text
from articles.images.models import Image
from articles.images.srcset import plain_files
from iria.core.http.page_cache import next_hour
from iria.core.http.urls import absolute_url
from iria.core.text.dates import day_words
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

PARAMETERS: Final = frozenset({"url", "format", "maxwidth", "maxheight"})
ARTICLE_PATH: Final = re.compile(r"/(?P<year>\d{4})/(?P<month>\d{2})/(?P<slug>[-\w]+)/?")
WIDTH, HEIGHT = 600, 240
"""The size of a card, in pixels, unless less is requested."""
CACHE_AGE: Final = 24 * 60 * 60


def oembed(request: HttpRequest) -> HttpResponse:
    """The card of the article with the URL in `url`."""
    try:
        article = _article(request.GET.get("url", ""))
        if request.GET.get("format", "json") != "json":
            reject_parameter("format", "Only “json” is supported.")
        max_width = _max_size(request, "maxwidth")
        max_height = _max_size(request, "maxheight")
    except ApiError as error:
        return problem_response(error.kind, error.detail, error.errors)
    if article is None:
        return problem_response(NOT_FOUND, "No published article has this URL.")
    return JsonResponse(card(article, publication_of(request), max_width, max_height))


def _article(url: str) -> Article | None:
    """The published article with this URL; None if there is none on this site."""
    if not url:
        raise ApiError(PARAMETER, "Pass the URL of an article in “url”.")
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    found = ARTICLE_PATH.fullmatch(unquote(parts.path))
    own = {urlsplit(settings.SITE_URL).netloc, ""}
    if parts.scheme not in {"http", "https", ""} or parts.netloc not in own or found is None:
        return None
    articles = Article.objects.published().for_cards().select_related("social_image")
    return articles.filter(
        year=int(found["year"]), month=int(found["month"]), slug=found["slug"]
    ).first()


def _max_size(request: HttpRequest, name: str) -> float:
    """The size in pixels; infinite if it is not limited."""
    text = request.GET.get(name, "")
    if not text:
        return inf
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 7 and int(text)):
        reject_parameter(name, "Must be a number of pixels, from 1 to 999999.")
    return int(text)


def card(
    article: Article, publication: Publication, max_width: float, max_height: float
) -> dict[str, Any]:
    """The article as an oEmbed 1.0 response; its markup needs no script and no style."""
    authors = [byline.author for byline in article.bylines.all()]
    serialized: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": article.sharing_title,
        "provider_name": publication.name,
        "provider_url": absolute_url("/"),
        "cache_age": _cache_age(_image(article)),
        "width": min(WIDTH, max_width),
        "height": min(HEIGHT, max_height),
        "html": _markup(article, publication, [author.name for author in authors]),
    }
    if authors:
        serialized["author_name"] = ", ".join(author.name for author in authors)
        serialized["author_url"] = absolute_url(authors[0].get_absolute_url())
    return serialized | _thumbnail(article, publication, min(WIDTH, max_width), max_height)


def _cache_age(image: Image | None) -> int:
    """Seconds for which the card may be cached: not past the end of its image's licence.

    Counted from the end of the hour, since a client that gets a 304 response until then caches it
    for the same time again.
    """
    if image is None or image.licence_until is None:
        return CACHE_AGE
    return max(0, min(CACHE_AGE, int((image.licence_until - next_hour()).total_seconds())))


def _image(article: Article) -> Image | None:
    """Its own image for link previews, or the lead image."""
    own = article.social_image
    return own if article.shows(own) else article.visible_lead_image


def _thumbnail(
    article: Article, publication: Publication, max_width: float, max_height: float
) -> dict[str, Any]:
    """The widest file of its image within these limits; nothing if there is none."""
    image = _image(article)
    files = plain_files(image) if image else []
    fitting = [each for each in files if each.width <= max_width and each.height <= max_height]
    if image is None or not fitting:
        return {}
    file = fitting[-1]
    return {
        "thumbnail_url": absolute_url(file.get_absolute_url()),
        "thumbnail_width": file.width,
        "thumbnail_height": file.height,
        # Not part of oEmbed; sites that show the image need its credit.
        "thumbnail_credit": credit_text(image, publication),
        "thumbnail_alt": article.lead_image_alt if image == article.lead_image else image.alt,
    }


def _markup(article: Article, publication: Publication, names: list[str]) -> str:
    url = escape(absolute_url(article.get_absolute_url()))
    day = day_words(publication.local(article.published_at)) if article.published_at else ""
    facts = " · ".join(escape(fact) for fact in (", ".join(names), publication.name, day) if fact)
    lead = f"<p>{escape(article.standfirst)}</p>" if article.standfirst else ""
    return (
        f'<blockquote lang="{escape(article.language)}" cite="{url}">'
        f'<p><a href="{url}">{escape(article.headline)}</a></p>{lead}'
        f"<footer>{facts}</footer></blockquote>"
    )

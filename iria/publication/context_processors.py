"""The publication of a request, for views and templates, and its language."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.functional import SimpleLazyObject

from iria.core.http.cache_versions import ProcessCache
from iria.core.text.language import content_language, use_language
from iria.publication.models import Publication, current_publication

_cached: ProcessCache[Publication] = ProcessCache()


def publication_of(request: HttpRequest) -> Publication:
    """The publication, read once per request; for public pages once per cache version."""
    known: Publication | None = getattr(request, "_publication", None)
    if known is None:
        known = _cached.of(request, "publication", current_publication)
        request._publication = known  # type: ignore[attr-defined]
    return known


def publication(request: HttpRequest) -> dict[str, object]:
    """Context processor: `publication`, with its texts in the language of the page, and `site_url`."""
    return {
        "publication": SimpleLazyObject(
            lambda: publication_of(request).in_language(content_language())
        ),
        "site_url": settings.SITE_URL,
    }


def in_its_language[V: Callable[..., Any]](view: V) -> V:
    """Decorator: activates the first language of the publication.

    Views with content in another language use `use_language`.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with use_language(publication_of(request).language_codes[0]):
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and callable(response.render):
                # Later it would be rendered in another language.
                response.render()
        return cast(HttpResponse, response)

    return cast(V, wrapped)


def speak(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same URL patterns, with each view in the language of the publication.

    For apps without public pages. Public views are decorated one by one inside `public_page`, which
    responds to conditional requests before the publication is read.
    """
    listed = list(patterns)
    for pattern in listed:
        if isinstance(pattern, URLPattern):
            pattern.callback = in_its_language(pattern.callback)
        else:
            speak(pattern.url_patterns)
    return listed

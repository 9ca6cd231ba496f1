"""Pages in the publication's own language."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from iria.core.text.language import use_language
from iria.publication.context_processors import publication_of


def in_its_language[V: Callable[..., Any]](view: V) -> V:
    """A view whose words are in the publication's first language.

    A view that shows something in another language says so itself, with `speaking`.
    """

    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with use_language(publication_of(request).language_codes[0]):
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and callable(response.render):
                # Later it would be rendered in the language of whoever comes next.
                response.render()
        return cast(HttpResponse, response)

    return cast(V, spoken)


def speak(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same addresses, each with its view in the publication's language.

    For rooms without public pages; those say it view by view, inside of `public_page`, which answers
    whoever holds a page before the publication is read.
    """
    listed = list(patterns)
    for pattern in listed:
        if isinstance(pattern, URLPattern):
            pattern.callback = in_its_language(pattern.callback)
        else:
            speak(pattern.url_patterns)
    return listed

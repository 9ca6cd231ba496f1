"""Uses the theme of the publication for each request."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from iria.core.rendering import theme_from
from iria.publication.context_processors import publication_of


class ChosenTheme:
    """Before every middleware that may render a page. The publication is read only for a template."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with theme_from(lambda: publication_of(request).theme_choice):
            return self.get_response(request)

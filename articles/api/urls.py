"""URLs of the API: every operation, wrapped in `api_view`."""

import re
from collections.abc import Iterator
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import URLPattern, path, re_path, resolve

from articles.api import articles, oembed, resources
from articles.api.ninja_api import DOCUMENT_TYPE, PREFIX, api, document, openapi, reference
from articles.api.problems import NOT_FOUND, problem_response
from articles.api.view_wrapper import JSON, api_view
from iria.core.http.cache_versions import COMMENTS
from iria.core.http.page_cache import HOURLY

UNKNOWN_URL: Final = "api_nowhere"
REGISTERED: Final = (articles, resources)
"""Importing these modules registers their operations."""


def _operations() -> Iterator[URLPattern]:
    """The URL of each operation; it accepts the parameters that it documents."""
    paths = openapi()["paths"]
    patterns, _, _ = api.urls
    for pattern in patterns:
        route = str(pattern.pattern)
        item = paths.get(f"/{PREFIX}{re.sub(r'<int:(\w+)>', r'{\1}', route)}")
        if item is None or not isinstance(pattern, URLPattern):
            continue
        known = {each["name"] for each in item["get"]["parameters"] if each["in"] == "query"}
        view = api_view(
            pattern.callback,
            parameters=frozenset(known),
            media_types=(JSON,),
            scopes=(COMMENTS,) if route.startswith("comments/") else (),
        )
        yield path(f"{PREFIX}{route}", view, name=f"api_{pattern.name}")


def unknown_url(request: HttpRequest, rest: str) -> HttpResponse:
    """A problem response for unknown URLs below /api/; a redirect if only the final slash is missing."""
    path_with_slash = f"/api/{rest}/"
    if resolve(path_with_slash).url_name != UNKNOWN_URL:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            f"{path_with_slash}?{query}" if query else path_with_slash
        )
    return problem_response(NOT_FOUND, "There is no such URL. See /api/v1/ for the available URLs.")


urlpatterns = [
    path(PREFIX, reference, name="api"),
    path(
        f"{PREFIX}openapi.json",
        api_view(document, parameters=frozenset(), media_types=(DOCUMENT_TYPE, JSON)),
        name="api_document",
    ),
    path(
        "api/oembed/",
        api_view(
            oembed.oembed, parameters=oembed.PARAMETERS, media_types=(JSON,), scopes=(HOURLY,)
        ),
        name="oembed",
    ),
    *_operations(),
    re_path(
        r"^api/(?P<rest>[\s\S]*)$",
        api_view(unknown_url, parameters=None, media_types=(JSON,)),
        name=UNKNOWN_URL,
    ),
]

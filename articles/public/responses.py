"""Responses of public pages, with `Link` headers."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.public.page_meta import PageMeta


def render_public_page(
    request: HttpRequest, template: str, context: Mapping[str, object]
) -> HttpResponse:
    """The rendered page; the headers come from `meta` in the context."""
    response = render(request, template, dict(context))
    meta = context.get("meta")
    if isinstance(meta, PageMeta):
        response.headers["Link"] = meta.links
    return response


def private(response: HttpResponse) -> HttpResponse:
    """For previews: not cached, not indexed, and their URL is not sent as referrer."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # Anyone with the URL of a preview link may read it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

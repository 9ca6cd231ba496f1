"""A public page as an answer, with its links in the headers too."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.public.seo.page_meta import PageMeta


def render_public_page(
    request: HttpRequest, template: str, context: Mapping[str, object]
) -> HttpResponse:
    """The page drawn; `meta` among what it shows says where it leads."""
    response = render(request, template, dict(context))
    about = context.get("meta")
    if isinstance(about, PageMeta):
        response.headers["Link"] = about.links
    return response

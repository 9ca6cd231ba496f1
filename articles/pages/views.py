"""Views of static pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.body.blocks.files import file_ids_in
from articles.body.blocks.images import figures_in
from articles.editorial.rendering import render_text
from articles.embeds.iframes import allow_frames, embeds_for
from articles.files.models import File
from articles.images.models import Image
from articles.pages.models import Page
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url
from iria.core.text.language import use_language
from iria.publication.context_processors import in_its_language, publication_of


@public_page
@in_its_language
def page(request: HttpRequest, path: str) -> HttpResponse:
    chosen = get_object_or_404(Page.objects.published(), path=path)
    with use_language(chosen.language):
        return _render_page(request, chosen)


def _render_page(request: HttpRequest, chosen: Page) -> HttpResponse:
    embeds = embeds_for(chosen.body)
    body = render_text(
        chosen.body,
        _images(chosen),
        publication_of(request),
        files=File.objects.in_bulk(file_ids_in(chosen.body)),
        language=chosen.language,
        embeds=embeds,
    )
    versions = Page.objects.versions_of(chosen).only("title", "path", "language")
    context = {
        "page": chosen,
        "versions": versions.order_by("language"),
        "body": body,
        "page_language": chosen.language,
    }
    response = render(request, "articles/pages/page.html", context)
    response.headers["Link"] = f'<{absolute_url(chosen.get_absolute_url())}>; rel="canonical"'
    return allow_frames(response, embeds)


def _images(page: Page) -> dict[int, Image]:
    wanted = [use.image_id for use in figures_in(page.body)]
    if not wanted:
        return {}
    found = Image.objects.filter(pk__in=wanted).defer("metadata")
    return {image.pk: image for image in found}

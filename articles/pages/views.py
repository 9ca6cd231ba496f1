"""Pages at addresses of their own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe

from articles.body.rendering import render as render_text
from articles.pages.models import Page
from iria.kit.caching import public_page


@public_page
def page(request: HttpRequest, path: str) -> HttpResponse:
    chosen = get_object_or_404(Page.objects.published(), path=path)
    context = {
        "page": chosen,
        # Cleaned when it was saved (pages.keeping).
        "body": mark_safe(render_text(chosen.body, lambda figure: "")),  # noqa: S308
        "page_language": chosen.language,
    }
    return render(request, "articles/pages/page.html", context)

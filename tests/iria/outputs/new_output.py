"""The site with one more URL, whose view shows an image without its credit."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from articles.images.models import Rendition

RESPONSES = {"empty": "Nothing to see"}
"""The response of the new URL; by default an image without a credit."""


def new_output(request: HttpRequest) -> HttpResponse:
    picture = f'<img src="/pictures/{Rendition.objects.first().name}">'  # type: ignore[union-attr]
    return HttpResponse(RESPONSES.get("now", picture))


urlpatterns = [path("new/", new_output, name="new_output"), path("", include("iria.urls"))]

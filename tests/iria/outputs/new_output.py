"""The site with one address more, as somebody might add it without a thought for credits."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from articles.images.models import Rendition

WORDS = {"empty": "Nothing to see"}
"""What the new output answers; by default a picture, for ever and without a credit."""


def new_output(request: HttpRequest) -> HttpResponse:
    picture = f'<img src="/pictures/{Rendition.objects.first().name}">'  # type: ignore[union-attr]
    return HttpResponse(WORDS.get("now", picture))


urlpatterns = [path("new/", new_output, name="new_output"), path("", include("iria.urls"))]

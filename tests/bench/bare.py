"""An empty view, used by `bare_site` with our middleware and by `naked_site` without."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Bare</title><p>Nothing.")


def of_size(request: HttpRequest, size: int) -> HttpResponse:
    """A response of this many bytes, to compare with a stored page."""
    return HttpResponse(b"x" * size)


urlpatterns = [path("", bare), path("<int:size>/", of_size)]

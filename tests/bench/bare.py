"""An empty view, with our middleware (`with_middleware`) or without (`without_middleware`)."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Bare</title><p>Nothing.")


def of_size(request: HttpRequest, size: int) -> HttpResponse:
    """A response of this many bytes, to compare with a stored page."""
    return HttpResponse(b"x" * size)


urlpatterns = [path("", bare), path("<int:size>/", of_size)]

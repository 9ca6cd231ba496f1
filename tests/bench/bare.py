"""An empty view, used by `bare_site` with our middleware and by `naked_site` without."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Bare</title><p>Nothing.")


urlpatterns = [path("", bare)]

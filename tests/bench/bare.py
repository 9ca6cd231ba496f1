"""A view that does nothing. `bare_site` and `naked_site` put it behind our middleware, or none."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Bare</title><p>Nothing.")


urlpatterns = [path("", bare)]

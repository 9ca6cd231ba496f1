"""The floor: one Django view that does nothing, behind no middleware, with our other settings."""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Bare</title><p>Nothing.")


urlpatterns = [path("", bare)]

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare_settings"
application = get_wsgi_application()

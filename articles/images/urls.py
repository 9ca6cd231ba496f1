"""Addresses of pictures."""

from django.urls import URLPattern, URLResolver, re_path

from articles.images import views

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(
        r"^pictures/(?P<name>[A-Za-z0-9_-]{1,60}\.(?:avif|webp|jpeg|png))$",
        views.rendition,
        name="rendition",
    ),
]

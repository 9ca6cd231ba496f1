"""Addresses of pictures."""

from django.urls import URLPattern, URLResolver, path

from articles.images import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("pictures/<str:name>", views.rendition, name="rendition"),
]

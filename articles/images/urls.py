"""URLs of renditions."""

from django.urls import URLPattern, URLResolver, re_path

from articles.images.renditions import views

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(
        rf"^pictures/(?P<name>{views.NAME})$",
        views.rendition,
        name="rendition",
    ),
]

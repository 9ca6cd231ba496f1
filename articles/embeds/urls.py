"""URLs of the images of link cards."""

from django.urls import URLPattern, URLResolver, re_path

from articles.embeds import views

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(
        r"^pictures/embed/(?P<name>[0-9a-f]{20})\.jpeg$", views.thumbnail, name="embed_thumbnail"
    ),
]

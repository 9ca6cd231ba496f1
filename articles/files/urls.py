"""URLs of files."""

from django.urls import URLPattern, URLResolver, re_path

from articles.files import views

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(rf"^files/(?P<name>{views.NAME})$", views.file, name="file"),
]

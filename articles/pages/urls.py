"""URLs of static pages, matched last."""

from django.urls import path

from articles.pages import views
from iria.core.http import urls as urls  # registers path converters

urlpatterns = [path("<letters_path:path>/", views.page, name="page")]

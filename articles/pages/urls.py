"""Addresses of pages; they are tried last."""

from django.urls import path

from articles.pages import views
from iria.core.http import urls as urls  # makes the parts of an address known

urlpatterns = [path("<letters_path:path>/", views.page, name="page")]

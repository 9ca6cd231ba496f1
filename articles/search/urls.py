"""The URLs of the search."""

from django.urls import path

from articles.search import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="search_suggest"),
    path("search/opened/", views.record_click, name="search_opened"),
]

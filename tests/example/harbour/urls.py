from django.urls import path

from articles.feeds import urls as urls  # registers `feed_format`
from tests.example.harbour import views

urlpatterns = [
    path("sources/", views.sources, name="harbour_sources"),
    path("sources/feed/", views.feed, name="harbour_feed"),
    path("sources/feed/<feed_format:feed_format>/", views.feed, name="harbour_feed"),
]

from django.urls import path

from articles.feeds import urls as urls  # makes the forms of a feed known
from tests.example.harbour import views

urlpatterns = [
    path("sources/", views.sources, name="harbour_sources"),
    path("sources/feed/", views.feed, name="harbour_feed"),
    path("sources/feed/<feed_form:form>/", views.feed, name="harbour_feed"),
]

"""Index for Django: the addresses of every room, in the order in which they are tried."""

from django.urls import URLPattern, URLResolver

from articles.api.urls import urlpatterns as api
from articles.comments.urls import urlpatterns as comments
from articles.feeds.urls import urlpatterns as feeds
from articles.images.urls import urlpatterns as images
from articles.pages.urls import urlpatterns as pages
from articles.popular.urls import urlpatterns as popular
from articles.reading.urls import urlpatterns as reading
from articles.search.urls import urlpatterns as search
from iria.publication.speaking import speak

urlpatterns: list[URLPattern | URLResolver] = [
    *images,
    *feeds,
    *api,
    *speak(comments),
    *search,
    *popular,
    *reading,
    *pages,
    *search,
    *reading,
    *pages,
]

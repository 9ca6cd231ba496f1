"""The URLs of every package of this app, in the order in which they are tried."""

from django.urls import URLPattern, URLResolver

from articles.api.urls import urlpatterns as api
from articles.comments.urls import urlpatterns as comments
from articles.embeds.urls import urlpatterns as embeds
from articles.feeds.urls import urlpatterns as feeds
from articles.files.urls import urlpatterns as files
from articles.images.urls import urlpatterns as images
from articles.pages.urls import urlpatterns as pages
from articles.popular.urls import urlpatterns as popular
from articles.public.urls import urlpatterns as public
from articles.search.urls import urlpatterns as search
from iria.publication.language import speak

urlpatterns: list[URLPattern | URLResolver] = [
    *images,
    *embeds,
    *files,
    *feeds,
    *api,
    *speak(comments),
    *search,
    *popular,
    *public,
    *pages,
]

"""The URLs of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("newsletter/issues/", include("iria.newsletter_feed")),
    path("newsletter/", include("newsletter.urls")),
    path("", include("iria.publication.urls")),
    path("", include("iria.themes.urls")),
    path("", include("articles.urls")),
]

handler400 = "articles.public.views.errors.bad_request"
handler404 = "articles.public.views.errors.page_not_found"
handler500 = "iria.unavailable.server_error"

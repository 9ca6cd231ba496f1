"""The URLs of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from iria.themes.views import stylesheet

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("newsletter/issues/", include("iria.newsletter_feed")),
    path("newsletter/", include("newsletter.urls")),
    path("", include("iria.publication.urls")),
    re_path(
        r"^theme/(?P<key>[a-z0-9-]+)/(?P<content>[0-9a-f]{16})\.css$",
        stylesheet,
        name="theme_stylesheet",
    ),
    path("", include("articles.urls")),
]

if settings.DEVELOPING:
    # First, since the last of the others are for any URL.
    urlpatterns[:0] = [
        path("__debug__/", include("debug_toolbar.urls")),
        path("__reload__/", include("django_browser_reload.urls")),
    ]

handler400 = "articles.public.views.errors.bad_request"
handler404 = "articles.public.views.errors.page_not_found"
handler500 = "iria.unavailable.server_error"

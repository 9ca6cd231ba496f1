"""URL of the stylesheet of the theme."""

from django.urls import re_path

from iria.themes import views

urlpatterns = [
    re_path(
        r"^theme/(?P<key>[a-z0-9-]+)/(?P<content>[0-9a-f]{16})\.css$",
        views.stylesheet,
        name="theme_stylesheet",
    ),
]

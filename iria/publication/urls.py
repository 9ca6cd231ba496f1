"""URLs of theme, brand images and the page about personal data."""

from django.urls import path, re_path

from iria.publication import views

urlpatterns = [
    path("what-we-keep/", views.personal_data, name="personal_data"),
    re_path(
        r"^theme/(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.css$", views.theme, name="theme"
    ),
    re_path(r"^emblem/(?P<name>[0-9a-f]{20}\.png)$", views.brand_image, name="brand_image"),
]

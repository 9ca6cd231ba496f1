"""URLs of theme, brand images and the page about personal data."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from iria.publication import machine_files, views

COLOURS = "(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})"

urlpatterns = [
    path("favicon.ico", machine_files.favicon, name="favicon"),
    path("apple-touch-icon.png", machine_files.touch_icon, name="touch_icon"),
    path("apple-touch-icon-precomposed.png", machine_files.touch_icon),
    path("manifest.webmanifest", machine_files.manifest, name="manifest"),
    path("speculation-rules.json", machine_files.speculation_rules, name="speculation_rules"),
    path(".well-known/security.txt", machine_files.security_contact, name="security_contact"),
    path(
        ".well-known/change-password",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="well_known_change_password",
    ),
    path("what-we-keep/", views.personal_data, name="personal_data"),
    re_path(rf"^theme/{COLOURS}\.css$", views.theme, name="theme"),
    re_path(rf"^theme/admin-{COLOURS}\.css$", views.admin_theme, name="admin_theme"),
    re_path(r"^emblem/(?P<name>[0-9a-f]{20}\.png)$", views.brand_image, name="brand_image"),
]

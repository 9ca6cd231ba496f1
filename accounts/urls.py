"""Addresses under /accounts/."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts import views
from iria.publication.speaking import speak

urlpatterns = [
    # It speaks as the page that asks for it, and reads nothing for a stranger.
    path("state/", views.sign_in_state, name="account_state"),
    *speak(
        [
            path("", RedirectView.as_view(pattern_name="account_profile")),
            path("profile/", views.profile, name="account_profile"),
            path("", include("allauth.urls")),
        ]
    ),
]

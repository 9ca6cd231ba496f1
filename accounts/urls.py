"""Addresses under /accounts/."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts import views
from iria.publication.speaking import speak

urlpatterns = speak(
    [
        path("", RedirectView.as_view(pattern_name="account_profile")),
        path("profile/", views.profile, name="account_profile"),
        path("state/", views.sign_in_state, name="account_state"),
        path("", include("allauth.urls")),
    ]
)

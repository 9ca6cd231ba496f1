"""Addresses under /accounts/."""

from django.urls import include, path

from accounts import views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("state/", views.sign_in_state, name="account_state"),
    path("", include("allauth.urls")),
]

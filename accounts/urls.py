"""URLs under /accounts/, and those of profile pictures."""

from allauth.account.views import password_set
from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn.views import add_webauthn
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts import views
from accounts.views import recent_sign_in_required
from iria.publication.context_processors import speak

urlpatterns = [
    # In the language of the requesting page; no query if nobody is signed in.
    path("accounts/state/", views.sign_in_state, name="account_state"),
    # Not under a private path, because it is used on public pages.
    re_path(r"^face/(?P<name>[0-9a-f]{20}\.png)$", views.avatar, name="avatar"),
    *speak(
        [
            path("accounts/", RedirectView.as_view(pattern_name="account_profile")),
            path("accounts/profile/", views.profile, name="account_profile"),
            path("accounts/profile/picture/", views.avatar_upload, name="account_picture"),
            # Replaces allauth's, which confirms only the new e-mail address.
            path("accounts/email/", views.email_change, name="account_email"),
            path("accounts/sessions/", views.session_list, name="account_sessions"),
            path("accounts/data/", views.download, name="account_data"),
            path("accounts/delete/", views.delete, name="account_delete"),
            path("accounts/deleted/", views.deleted, name="account_deleted"),
            path("accounts/second-factor/", views.two_factor_required, name="two_factor_required"),
            # allauth's views require no reauthentication from an account without a password.
            path(
                "accounts/password/set/",
                recent_sign_in_required(password_set),
                name="account_set_password",
            ),
            path(
                "accounts/2fa/totp/activate/",
                recent_sign_in_required(activate_totp),
                name="mfa_activate_totp",
            ),
            path(
                "accounts/2fa/webauthn/add/",
                recent_sign_in_required(add_webauthn),
                name="mfa_add_webauthn",
            ),
            path("accounts/", include("allauth.urls")),
        ]
    ),
]

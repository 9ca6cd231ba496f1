"""Two-factor authentication is required for the admin (docs/decisions/accounts.md).

A middleware checks every URL below /admin/, unless STAFF_SECOND_FACTOR is off.
"""

from collections.abc import Callable
from time import time
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from iria.core.http.private_paths import csrf_failure

ADMIN_PATH: Final = "/admin/"
EXEMPT_PATHS: Final = (
    "/admin/login/",
    "/admin/logout/",
    # Asked by web servers, which cannot follow a redirect; it checks two-factor authentication itself.
    "/admin/transfer/importrun/upload/allowed/",
)
SECOND_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes do not count: they only replace a lost authenticator."""
NEXT_URL_KEY: Final = "second_factor_next"
"""Session key of the URL to continue to after the set-up."""


def has_two_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists())


def used_in_session(request: HttpRequest, user: User) -> bool:
    """Whether it was used or set up in this session."""
    return any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )


def authenticated_recently(request: HttpRequest, user: User, *, within: float) -> bool:
    """Whether a password, code or passkey was used in this session in the last `within` seconds.

    A negative age, after a clock was set back, does not count.
    """
    return any(
        0 <= time() - record.get("at", 0) < within
        for record in get_authentication_records(request, user)
    )


def reset(user: User) -> int:
    """Removes all authenticators, and ends all sessions."""
    count, _ = Authenticator.objects.filter(user=user).delete()
    user.sessions.all().delete()
    user.devices.all().delete()
    return int(count)


class RequireTwoFactor:
    """Redirects members of staff without two-factor authentication from the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and _is_protected(request.path_info):
            user = request.user
            if isinstance(user, User) and user.is_active and user.is_staff:
                return self._check(request, user)
        return self.get_response(request)

    def _check(self, request: HttpRequest, user: User) -> HttpResponse:
        if is_satisfied(request, user):
            request.session.pop(NEXT_URL_KEY, None)
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            # An administrator reset it while the user was typing; keep the submitted text.
            return csrf_failure(request)
        requested_url = request.get_full_path()
        if has_two_factor(user):
            return redirect(f"{_reauthentication_url(user)}?{urlencode({'next': requested_url})}")
        request.session[NEXT_URL_KEY] = requested_url
        return redirect("two_factor_required")


def _reauthentication_url(user: User) -> str:
    """The page for codes if there is an app, else the one for passkeys; they link to each other."""
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return reverse("mfa_reauthenticate" if app.exists() else "mfa_reauthenticate_webauthn")


def _is_protected(path: str) -> bool:
    return path.startswith(ADMIN_PATH) and path not in EXEMPT_PATHS


def is_satisfied(request: HttpRequest, user: User) -> bool:
    """Whether the user may open the admin."""
    if not settings.STAFF_SECOND_FACTOR:
        return True
    return used_in_session(request, user) and has_two_factor(user)


def _record_set_up(
    request: HttpRequest, user: User, authenticator: Authenticator, **signal: Any
) -> None:
    """On `authenticator_added`: the set-up counts as use in this session."""
    if authenticator.type in SECOND_FACTORS:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type)
        )


def register() -> None:
    authenticator_added.connect(_record_set_up, dispatch_uid="two-factor set-up")

"""Whoever works at the desk proves twice who they are (docs/decisions/accounts.md).

On unless STAFF_SECOND_FACTOR says no. The desk stands behind it as a whole: not each of its views is
asked, but every address below /admin/, in front of all of them.
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
from iria.core.http.csrf import csrf_failure

ADMIN_PATH: Final = "/admin/"
EXEMPT_PATHS: Final = ("/admin/login/", "/admin/logout/")
KINDS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as one. Recovery codes stand for a lost one; alone they are none."""
NEXT_URL_KEY: Final = "second_factor_next"
"""Where in the session is kept what somebody wanted before they were led to set one up."""


def has_two_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=KINDS).exists())


def used_in_session(request: HttpRequest, user: User) -> bool:
    """Whether this very session was opened with one, or set it up."""
    return any(each.get("method") == "mfa" for each in get_authentication_records(request, user))


def authenticated_recently(request: HttpRequest, user: User, *, within: float) -> bool:
    """Whether a password, code or key was shown in this session so many seconds ago at most.

    A clock set back makes the time negative: that is no proof of anything.
    """
    return any(
        0 <= time() - each.get("at", 0) < within
        for each in get_authentication_records(request, user)
    )


def reset(user: User) -> int:
    """Takes every second factor away, for somebody who lost theirs; the sessions end with them."""
    count, _ = Authenticator.objects.filter(user=user).delete()
    user.sessions.all().delete()
    user.devices.all().delete()
    return int(count)


class RequireTwoFactor:
    """Nobody comes past without one to any address of the desk."""

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
            # It was taken away while they wrote; their words are not.
            return csrf_failure(request)
        wanted = request.get_full_path()
        if has_two_factor(user):
            return redirect(f"{_reauthentication_url(user)}?{urlencode({'next': wanted})}")
        request.session[NEXT_URL_KEY] = wanted
        return redirect("two_factor_required")


def _reauthentication_url(user: User) -> str:
    """The page for codes where there is an app, else the one for passkeys; each leads to the other."""
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return reverse("mfa_reauthenticate" if app.exists() else "mfa_reauthenticate_webauthn")


def _is_protected(path: str) -> bool:
    return path.startswith(ADMIN_PATH) and path not in EXEMPT_PATHS


def is_satisfied(request: HttpRequest, user: User) -> bool:
    """Whether the desk may open: nothing is asked of members, or they showed what they have."""
    if not settings.STAFF_SECOND_FACTOR:
        return True
    return used_in_session(request, user) and has_two_factor(user)


def _record_set_up(
    request: HttpRequest, user: User, authenticator: Authenticator, **signal: Any
) -> None:
    """To set one up takes showing it; asking for it again at once would be a formality."""
    if authenticator.type in KINDS:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type)
        )


def register() -> None:
    authenticator_added.connect(_record_set_up, dispatch_uid="second factor was shown")

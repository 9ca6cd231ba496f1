"""Known browsers: those in which somebody has signed in to an account before.

The browser has a random token in a cookie that is sent to the sign-in pages only; we store its hash. A
sign-in from a browser without it is reported to the owner of the account by e-mail.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_removed
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import sessions
from accounts.models import Device, User
from accounts.sessions import browser_of

COOKIES: Final = {"known_browser": "/accounts/", "known_browser_desk": "/admin/"}
"""Cookie → path. The path `/` would track readers on public pages."""
COOKIE_AGE: Final = 400 * 24 * 3600
"""The maximum that browsers allow."""
FIRST_SIGN_IN: Final = timedelta(hours=1)
"""How long after sign-up the first browser is the one of the sign-up."""


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether somebody has signed in to that account with this browser before."""
    token = _token(request)
    return bool(token) and Device.objects.filter(user__email__iexact=email, token=token).exists()


def remember(request: HttpRequest, response: HttpResponse, user: User) -> bool:
    """Stores the browser in which `user` just signed in; True if the owner should be notified.

    The first browser of a new account needs no notification. If an older account has no known browser,
    they were deleted, and it does.
    """
    cookie = _cookie(request) or secrets.token_urlsafe(24)
    for name, path in COOKIES.items():
        response.set_cookie(
            name,
            cookie,
            max_age=COOKIE_AGE,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    others = Device.objects.filter(user=user).exclude(token=_hash(cookie)).exists()
    older = timezone.now() - user.date_joined > FIRST_SIGN_IN
    browser = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    _, new = Device.objects.update_or_create(
        user=user,
        token=_hash(cookie),
        defaults={"browser": browser, "last_seen": timezone.now()},
    )
    return new and (others or older)


def delete_others(request: HttpRequest, user: User, **signal: Any) -> None:
    """Deletes all other known browsers, so the next sign-in with one is reported."""
    Device.objects.filter(user=user).exclude(token=_token(request)).delete()


def end_others(request: HttpRequest, user: User, **signal: Any) -> int:
    """Also ends all other sessions; returns how many."""
    delete_others(request, user)
    return sessions.end_others(user, but=request.session.session_key)


def register() -> None:
    """After a new password or the removal of an authenticator, all other browsers are unknown again."""
    for changed in (password_changed, password_reset, password_set):
        changed.connect(delete_others, dispatch_uid="a new password forgets browsers")
    authenticator_removed.connect(end_others, dispatch_uid="a factor less ends sessions")


def delete_unused() -> int:
    """Deletes browsers whose cookie has expired; the worker calls it every day."""
    old = timezone.now() - timedelta(seconds=COOKIE_AGE)
    count, _ = Device.objects.filter(last_seen__lt=old).delete()
    return count


def _cookie(request: HttpRequest) -> str:
    for name in COOKIES:
        if cookie := request.COOKIES.get(name, ""):
            return cookie[:64]
    return ""


def _token(request: HttpRequest) -> str:
    cookie = _cookie(request)
    return _hash(cookie) if cookie else ""


def _hash(cookie: str) -> str:
    return sha256(cookie.encode()).hexdigest()

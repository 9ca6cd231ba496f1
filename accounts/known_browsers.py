"""Recognising the browser in which somebody signed in before.

It holds a random word in a cookie that is sent to the doors alone, never to public pages. Of the word
we keep a hash. A browser without it is new to the account, and the account's owner is told by mail.
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
"""The cookies, each with the path below which somebody signs in: `/` would follow readers around."""
COOKIE_AGE: Final = 400 * 24 * 3600
"""As long as browsers keep any cookie."""
FIRST_SIGN_IN: Final = timedelta(hours=1)
"""How long after an account was made its first browser is the one it was made in."""


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether the account of that address was signed in with this browser before."""
    token = _token(request)
    return bool(token) and Device.objects.filter(user__email__iexact=email, token=token).exists()


def remember(request: HttpRequest, response: HttpResponse, user: User) -> bool:
    """Remembers the browser in which `user` just signed in.

    True when it is new to the account: then the owner should hear of it. The first browser of an
    account that was just made is no news; where an older one knows none, they were forgotten.
    """
    word = _cookie(request) or secrets.token_urlsafe(24)
    for name, path in COOKIES.items():
        response.set_cookie(
            name,
            word,
            max_age=COOKIE_AGE,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    others = Device.objects.filter(user=user).exclude(token=_hash(word)).exists()
    older = timezone.now() - user.date_joined > FIRST_SIGN_IN
    browser = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    _, new = Device.objects.update_or_create(
        user=user,
        token=_hash(word),
        defaults={"browser": browser, "last_seen": timezone.now()},
    )
    return new and (others or older)


def delete_others(request: HttpRequest, user: User, **signal: Any) -> None:
    """Every browser but this one is a stranger again, and a sign-in with it is told."""
    Device.objects.filter(user=user).exclude(token=_token(request)).delete()


def end_others(request: HttpRequest, user: User, **signal: Any) -> int:
    """The same, and the account is signed out there; in how many places."""
    delete_others(request, user)
    return sessions.end_others(user, but=request.session.session_key)


def register() -> None:
    """After a new password, or one factor less, whoever was in the account before may be a thief."""
    for changed in (password_changed, password_reset, password_set):
        changed.connect(delete_others, dispatch_uid="a new password forgets browsers")
    authenticator_removed.connect(end_others, dispatch_uid="a factor less ends sessions")


def delete_unused() -> int:
    """Browsers nobody signed in with for as long as their cookie lasts; the worker does this every day."""
    old = timezone.now() - timedelta(seconds=COOKIE_AGE)
    count, _ = Device.objects.filter(last_seen__lt=old).delete()
    return count


def _cookie(request: HttpRequest) -> str:
    for name in COOKIES:
        if word := request.COOKIES.get(name, ""):
            return word[:64]
    return ""


def _token(request: HttpRequest) -> str:
    word = _cookie(request)
    return _hash(word) if word else ""


def _hash(word: str) -> str:
    return sha256(word.encode()).hexdigest()

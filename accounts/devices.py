"""Recognising the browser in which somebody signed in before.

It holds a random word in a cookie that is sent to the doors alone, never to public pages. Of the word
we keep a hash. A browser without it is new to the account, and the account's owner is told by mail.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.browsers import browser_of
from accounts.models import Device, User

DOORS: Final = {"known_browser": "/accounts/", "known_browser_desk": "/admin/"}
"""The cookies, each with the path below which somebody signs in: `/` would follow readers around."""
KEPT: Final = 400 * 24 * 3600
"""As long as browsers keep any cookie."""


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether the account of that address was signed in with this browser before."""
    token = _token(request)
    return bool(token) and Device.objects.filter(user__email__iexact=email, token=token).exists()


def meet(request: HttpRequest, response: HttpResponse, user: User) -> bool:
    """Remembers the browser in which `user` just signed in.

    True when it is new to the account and another one was known before: then the owner should hear
    of it. The first browser of an account is no news.
    """
    word = _word(request) or secrets.token_urlsafe(24)
    for name, path in DOORS.items():
        response.set_cookie(
            name,
            word,
            max_age=KEPT,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    others = Device.objects.filter(user=user).exclude(token=_hash(word)).exists()
    browser = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    _, new = Device.objects.update_or_create(
        user=user,
        token=_hash(word),
        defaults={"browser": browser, "last_seen": timezone.now()},
    )
    return new and others


def forget_unused() -> int:
    """Browsers nobody signed in with for as long as their cookie lasts; the worker does this every day."""
    old = timezone.now() - timedelta(seconds=KEPT)
    count, _ = Device.objects.filter(last_seen__lt=old).delete()
    return count


def _word(request: HttpRequest) -> str:
    for name in DOORS:
        if word := request.COOKIES.get(name, ""):
            return word[:64]
    return ""


def _token(request: HttpRequest) -> str:
    word = _word(request)
    return _hash(word) if word else ""


def _hash(word: str) -> str:
    return sha256(word.encode()).hexdigest()

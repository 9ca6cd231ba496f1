"""Lists and ends sessions, and knows browsers again. Django loads `SessionStore` from here (SESSION_ENGINE).

A known browser is one in which somebody has signed in to an account before. It has a random token in a cookie that is
sent to the sign-in pages only; we store its hash. A sign-in from a browser without it is reported to the owner of the
account by e-mail.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_removed
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import (
    BROWSER,
    BROWSER_MAX_LENGTH,
    LAST_SEEN,
    STARTED,
    Device,
    Session,
    SessionStore,
    User,
)

__all__ = ["SessionStore"]


def signed_in_user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


# The order matters: most browsers also name the ones they derive from.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """Returns for example “Firefox, Linux”, or an empty string.

    A user agent can contain anything; only names of the lists are returned.
    """
    names = [
        next((name for token, name in known if token in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in names if name)[:BROWSER_MAX_LENGTH]


UPDATE_INTERVAL: Final = timedelta(hours=1)


def record_sign_in(request: HttpRequest, **signal: Any) -> None:
    """On `user_logged_in`: stores time and browser in the session."""
    now = int(timezone.now().timestamp())
    request.session[BROWSER] = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    request.session[STARTED] = request.session[LAST_SEEN] = now


class SessionActivityMiddleware:
    """Updates the time of the last request once an hour, in sessions that the request has read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = getattr(request, "session", None)
        if session is not None and session.accessed and SESSION_KEY in session:
            now = int(timezone.now().timestamp())
            # After a clock was set back the age is negative; that also needs an update.
            if not 0 <= now - int(session.get(LAST_SEEN, 0)) < UPDATE_INTERVAL.total_seconds():
                session[LAST_SEEN] = now
        return response


def sessions_of(user: User) -> list[Session]:
    """The sessions of the account, the latest first.

    Deletes those that a new password has ended, as Django would on their next request.
    """
    valid_hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    active = []
    for session in user.sessions.filter(expire_date__gt=timezone.now()):
        session_hash = str(session.decoded().get(HASH_SESSION_KEY, ""))
        if any(compare_digest(session_hash, valid) for valid in valid_hashes):
            active.append(session)
        else:
            session.delete()
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(active, key=lambda session: session.last_seen_at or oldest, reverse=True)


def end(user: User, public_id: str) -> bool:
    """Ends one session of the account; False if it does not exist."""
    for session in user.sessions.all():
        if compare_digest(session.public_id.encode(), public_id.encode()):
            session.delete()
            return True
    return False


def end_others(user: User, *, keep: str | None) -> int:
    """Ends all sessions of the account except one; returns how many."""
    count, _ = user.sessions.exclude(session_key=keep or "").delete()
    return count


COOKIES: Final = {"known_browser": "/accounts/", "known_browser_desk": "/admin/"}
"""Cookie → path. The path `/` would track readers on public pages."""
COOKIE_AGE: Final = 400 * 24 * 3600
"""The maximum that browsers allow."""
FIRST_SIGN_IN_WITHIN: Final = timedelta(hours=1)
"""Within this time after sign-up, the first browser is assumed to be that of the sign-up."""


def is_known_browser(request: HttpRequest, email: str) -> bool:
    """Whether somebody has signed in to that account with this browser before."""
    token = _token(request)
    users = User.objects.with_email(email)
    return bool(token) and Device.objects.filter(user__in=users, token=token).exists()


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> bool:
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
    has_other_browsers = Device.objects.filter(user=user).exclude(token=_hash(cookie)).exists()
    is_old_account = timezone.now() - user.date_joined > FIRST_SIGN_IN_WITHIN
    browser = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    _, is_new_browser = Device.objects.update_or_create(
        user=user,
        token=_hash(cookie),
        defaults={"browser": browser, "last_seen": timezone.now()},
    )
    return is_new_browser and (has_other_browsers or is_old_account)


def delete_other_browsers(request: HttpRequest, user: User, **signal: Any) -> None:
    """Deletes all other known browsers, so the next sign-in with one is reported."""
    Device.objects.filter(user=user).exclude(token=_token(request)).delete()


def delete_other_browsers_and_sessions(request: HttpRequest, user: User, **signal: Any) -> int:
    """Deletes all other known browsers and sessions; returns the number of sessions."""
    delete_other_browsers(request, user)
    return end_others(user, keep=request.session.session_key)


def register() -> None:
    """A new password, or the removal of an authenticator, makes all other browsers unknown again."""
    for signal in (password_changed, password_reset, password_set):
        signal.connect(delete_other_browsers, dispatch_uid="a new password forgets browsers")
    authenticator_removed.connect(
        delete_other_browsers_and_sessions, dispatch_uid="a factor less ends sessions"
    )


def delete_unused_browsers() -> int:
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

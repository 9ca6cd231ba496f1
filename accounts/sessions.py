"""Lists and ends sessions. Django loads `SessionStore` from here (SESSION_ENGINE)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, Final

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import (
    BROWSER,
    BROWSER_MAX_LENGTH,
    LAST_SEEN,
    STARTED,
    Session,
    SessionStore,
    User,
)

__all__ = ["SessionStore"]

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
    """For example “Firefox, Linux”; empty if unknown.

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
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    active = []
    for session in user.sessions.filter(expire_date__gt=timezone.now()):
        session_hash = str(session.decoded().get(HASH_SESSION_KEY, ""))
        if any(compare_digest(session_hash, each) for each in valid):
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


def end_others(user: User, *, but: str | None) -> int:
    """Ends all sessions of the account except one; returns how many."""
    count, _ = user.sessions.exclude(session_key=but or "").delete()
    return count

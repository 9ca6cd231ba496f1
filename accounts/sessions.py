"""A browser in two words, from what it says of itself.

Where sessions are kept (Django's own, in rows that know whose they are), listed and ended.

Django finds `SessionStore` here by the setting SESSION_ENGINE.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, Final

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import BROWSER_MAX_LENGTH, Session, User

# The order counts: most browsers also name those they descend from.
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
    """As in “Firefox, Linux”; empty where nothing is known.

    What a browser says can be anything; only names of our own come out.
    """
    names = [
        next((name for sign, name in known if sign in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in names if name)[:BROWSER_MAX_LENGTH]


BROWSER: Final = "browser"
BEGAN: Final = "began"
SEEN: Final = "seen"
TOUCHED_EVERY: Final = timedelta(hours=1)


class SessionStore(DatabaseSessions):
    """Django's sessions, with what tells them apart in columns of their own."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # our model
        user = str(data.get(SESSION_KEY, ""))
        row.user_id = int(user) if user.isdecimal() else None
        row.browser = str(data.get(BROWSER, ""))
        row.began_at, row.seen_at = _moment(data.get(BEGAN)), _moment(data.get(SEEN))
        return row


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def note_sign_in(request: HttpRequest, **signal: Any) -> None:
    """Somebody just signed in with this session: when, and by which browser."""
    now = int(timezone.now().timestamp())
    request.session[BROWSER] = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    request.session[BEGAN] = request.session[SEEN] = now


class SessionActivityMiddleware:
    """Notes, once an hour, that a session is in use. Sessions nobody asked for stay unread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = getattr(request, "session", None)
        if session is not None and session.accessed and SESSION_KEY in session:
            now = int(timezone.now().timestamp())
            # A clock set back makes the age negative; then too it is noted anew.
            if not 0 <= now - int(session.get(SEEN, 0)) < TOUCHED_EVERY.total_seconds():
                session[SEEN] = now
        return response


def of(user: User) -> list[Session]:
    """The sessions in which the account is signed in, the latest first.

    Those that a new password ended go away here, as Django would do at their next visit.
    """
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    alive = []
    for session in user.sessions.filter(expire_date__gt=timezone.now()):
        held = str(session.held().get(HASH_SESSION_KEY, ""))
        if any(compare_digest(held, each) for each in valid):
            alive.append(session)
        else:
            session.delete()
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(alive, key=lambda session: session.seen_at or oldest, reverse=True)


def end(user: User, handle: str) -> bool:
    """Signs the account out of one browser; False where there is no such session."""
    for session in user.sessions.all():
        if compare_digest(session.handle.encode(), handle.encode()):
            session.delete()
            return True
    return False


def end_others(user: User, *, but: str | None) -> int:
    """Signs the account out everywhere but in the session of that key; in how many places."""
    count, _ = user.sessions.exclude(session_key=but or "").delete()
    return count

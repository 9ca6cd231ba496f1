"""Signed tokens of comment forms and links to comments.

A public page is the same for everybody and has no token. It is created on an uncached
page or fetched by a script when the form gets focus (docs/decisions/public-forms.md).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.security import signed_tokens

VALID_FOR: Final = timedelta(days=2)
KEPT_FOR: Final = timedelta(days=5 * 365)
PURPOSE: Final = "comment form"
YOURS: Final = "your comment"
CONFIRM: Final = "confirm a comment"
CONFIRMED_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FormToken:
    """A form that we made: its id, when, and for which session (empty for a guest)."""

    form_id: UUID
    created_at: datetime

    @property
    def age(self) -> timedelta:
        return timezone.now() - self.created_at


class MissingToken(Exception):
    """The form has no valid token: a preview is shown first."""


class ExpiredToken(Exception):
    """The form was opened too long ago."""


class TokenMismatch(Exception):
    """The token belongs to another article or to somebody else's session."""


def create_token(article: Article, request: HttpRequest) -> str:
    """A token for a new form below this article, bound to the session."""
    value = [str(uuid4()), article.pk, timezone.now().timestamp(), _session_mark(request)]
    return signed_tokens.make_token(value, purpose=PURPOSE)


def read(token: str, article: Article, request: HttpRequest) -> FormToken:
    """The token in a form.

    Raises:
        MissingToken, ExpiredToken, TokenMismatch
    """
    try:
        value = signed_tokens.read_token(token, purpose=PURPOSE, valid_for=VALID_FOR)
        form_id, article_id, created_at, mark = value
    except signed_tokens.ExpiredToken as mistake:
        raise ExpiredToken from mistake
    except (signed_tokens.BrokenToken, ValueError, TypeError) as mistake:
        raise MissingToken from mistake
    if article_id != article.pk or mark != _session_mark(request):
        raise TokenMismatch
    return FormToken(UUID(form_id), datetime.fromtimestamp(created_at, UTC))


def link_to(comment: Comment) -> str:
    """The signed part of the address of *Your comment*."""
    return signed_tokens.make_token(comment.pk, purpose=YOURS)


def comment_behind(token: str) -> Comment | None:
    """The comment that a signed link leads to, or None when it is broken or too old."""
    return _comment_of(token, purpose=YOURS, valid_for=KEPT_FOR)


def link_to_confirm(comment: Comment) -> str:
    """The signed part of the URL that is only in the e-mail."""
    return signed_tokens.make_token(comment.pk, purpose=CONFIRM)


def comment_to_confirm(token: str) -> Comment | None:
    """The comment whose address a mailed link confirms, or None when it is broken or too old."""
    return _comment_of(token, purpose=CONFIRM, valid_for=CONFIRMED_WITHIN)


def _comment_of(token: str, *, purpose: str, valid_for: timedelta) -> Comment | None:
    try:
        pk = signed_tokens.read_token(token, purpose=purpose, valid_for=valid_for)
    except (signed_tokens.ExpiredToken, signed_tokens.BrokenToken):
        return None
    return Comment.objects.select_related("article", "user").filter(pk=pk).first()


def writer_of(request: HttpRequest) -> User | None:
    """Who is signed in, if anybody."""
    return request.user if isinstance(request.user, User) else None


def _session_mark(request: HttpRequest) -> str:
    """Empty for a guest; for an account a word that only its own session can repeat."""
    user = writer_of(request)
    if user is None:
        return ""
    session = f"{user.pk}:{request.session.session_key}"
    return salted_hmac("iria.comments.seal", session, algorithm="sha256").hexdigest()[:24]

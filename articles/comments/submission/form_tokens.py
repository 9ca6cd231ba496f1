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
LINK_VALID_FOR: Final = timedelta(days=5 * 365)
PURPOSE: Final = "comment form"
STATUS_LINK: Final = "your comment"
CONFIRMATION_LINK: Final = "confirm a comment"
CONFIRMATION_VALID_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FormToken:
    """The id of a form, and when it was created."""

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
    value = [str(uuid4()), article.pk, timezone.now().timestamp(), _session_hash(request)]
    return signed_tokens.make_token(value, purpose=PURPOSE)


def read(token: str, article: Article, request: HttpRequest) -> FormToken:
    """Reads the token of a form.

    Raises:
        MissingToken, ExpiredToken, TokenMismatch
    """
    try:
        value = signed_tokens.read_token(token, purpose=PURPOSE, valid_for=VALID_FOR)
        form_id, article_id, created_at, session_hash = value
    except signed_tokens.ExpiredToken as error:
        raise ExpiredToken from error
    except (signed_tokens.BrokenToken, ValueError, TypeError) as error:
        raise MissingToken from error
    if article_id != article.pk or session_hash != _session_hash(request):
        raise TokenMismatch
    return FormToken(UUID(form_id), datetime.fromtimestamp(created_at, UTC))


def link_to(comment: Comment) -> str:
    """Returns the signed part of the URL of *Your comment*."""
    return signed_tokens.make_token(comment.pk, purpose=STATUS_LINK)


def comment_behind(token: str) -> Comment | None:
    """Returns the comment of a signed link, or None if the link is invalid or expired."""
    return _comment_of(token, purpose=STATUS_LINK, valid_for=LINK_VALID_FOR)


def link_to_confirm(comment: Comment) -> str:
    """Returns the signed part of the URL that only the e-mail contains."""
    return signed_tokens.make_token(comment.pk, purpose=CONFIRMATION_LINK)


def comment_to_confirm(token: str) -> Comment | None:
    """Returns the comment that an e-mailed link confirms, or None if it is invalid or expired."""
    return _comment_of(token, purpose=CONFIRMATION_LINK, valid_for=CONFIRMATION_VALID_FOR)


def _comment_of(token: str, *, purpose: str, valid_for: timedelta) -> Comment | None:
    try:
        pk = signed_tokens.read_token(token, purpose=purpose, valid_for=valid_for)
    except (signed_tokens.ExpiredToken, signed_tokens.BrokenToken):
        return None
    return Comment.objects.select_related("article", "user").filter(pk=pk).first()


def signed_in_user(request: HttpRequest) -> User | None:
    """Returns the user who is signed in, or None."""
    return request.user if isinstance(request.user, User) else None


def _session_hash(request: HttpRequest) -> str:
    """A hash of the account and its session; empty for guests."""
    user = signed_in_user(request)
    if user is None:
        return ""
    session = f"{user.pk}:{request.session.session_key}"
    return salted_hmac("iria.comments.seal", session, algorithm="sha256").hexdigest()[:24]

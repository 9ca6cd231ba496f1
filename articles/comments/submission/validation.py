"""A submitted comment form: its signed token and its validation; signed links to comments.

A public page is the same for everybody and has no token. It is created on an uncached
page or fetched by a script when the form gets focus (docs/decisions/public-pages.md).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from accounts.models import User
from accounts.profiles import Owner, owner_of
from articles.comments.models import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, Comment
from articles.comments.screening import checks
from articles.comments.submission.comment_policy import CommentSettings
from articles.editorial.models import Article
from iria.core import security
from iria.core.text.validators import validate_storable

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
    return security.make_token(value, purpose=PURPOSE)


def read_form_token(token: str, article: Article, request: HttpRequest) -> FormToken:
    """Reads the token of a form.

    Raises:
        MissingToken, ExpiredToken, TokenMismatch
    """
    try:
        value = security.read_token(token, purpose=PURPOSE, valid_for=VALID_FOR)
        form_id, article_id, created_at, session_hash = value
    except security.ExpiredToken as error:
        raise ExpiredToken from error
    except (security.BrokenToken, ValueError, TypeError) as error:
        raise MissingToken from error
    if article_id != article.pk or session_hash != _session_hash(request):
        raise TokenMismatch
    return FormToken(UUID(form_id), datetime.fromtimestamp(created_at, UTC))


def link_to(comment: Comment) -> str:
    """Returns the signed part of the URL of *Your comment*."""
    return security.make_token(comment.pk, purpose=STATUS_LINK)


def comment_behind(token: str) -> Comment | None:
    """Returns the comment of a signed link, or None if the link is invalid or expired."""
    return _comment_of(token, purpose=STATUS_LINK, valid_for=LINK_VALID_FOR)


def link_to_confirm(comment: Comment) -> str:
    """Returns the signed part of the URL that only the e-mail contains."""
    return security.make_token(comment.pk, purpose=CONFIRMATION_LINK)


def comment_to_confirm(token: str) -> Comment | None:
    """Returns the comment that an e-mailed link confirms, or None if it is invalid or expired."""
    return _comment_of(token, purpose=CONFIRMATION_LINK, valid_for=CONFIRMATION_VALID_FOR)


def _comment_of(token: str, *, purpose: str, valid_for: timedelta) -> Comment | None:
    try:
        pk = security.read_token(token, purpose=purpose, valid_for=valid_for)
    except (security.ExpiredToken, security.BrokenToken):
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


@dataclass(slots=True)
class Draft:
    """The values of the comment form, shown again until the comment is submitted."""

    name: str = ""
    email: str = ""
    text: str = ""
    parent: str = ""
    honeypot: str = ""
    token: str = ""
    follow: str = ""
    """How often the commenter wants to be notified of replies; empty for never."""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_form(cls, form: QueryDict) -> Self:
        return cls(
            name=form.get("name", ""),
            email=form.get("email", ""),
            text=form.get("text", ""),
            parent=form.get("parent", ""),
            honeypot=form.get("website", ""),
            token=form.get("token", ""),
            follow=form.get("follow", ""),
        )

    def parent_comment(self, article: Article) -> Comment | None:
        """Returns the comment that this one replies to, in any state.

        Raises:
            Comment.DoesNotExist: there is no such comment on this article.
        """
        if not self.parent:
            return None
        pk = parse_id(self.parent)
        if pk is None:
            raise Comment.DoesNotExist
        return article.comments.select_related("user").get(pk=pk)


def parse_id(text: str | None) -> int | None:
    """Returns the id in a query parameter or form field; None for anything else."""
    if text and text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    return None


class SubmissionError(Exception):
    """The comment was not accepted. `messages` has a message to the commenter for each field."""

    def __init__(self, messages: dict[str, str], *, busy: bool = False) -> None:
        super().__init__(" ".join(messages.values()))
        self.messages = messages
        self.busy = busy


class TooQuick(SubmissionError):
    """The form was open for so short a time that a person did not read the preview."""


def validate_storable_fields(**fields: str) -> None:
    errors = {}
    for name, value in fields.items():
        try:
            validate_storable(value)
        except ValidationError as error:
            errors[name] = error.messages[0]
    if errors:
        raise SubmissionError(errors)


def check_open(article: Article, parent: Comment | None, settings: CommentSettings) -> None:
    """Raises SubmissionError if comments are closed or the parent is not visible."""
    if not article.is_published:
        message = gettext("This article is not published, so you cannot comment on it.")
        raise SubmissionError({"form": message})
    if not settings.is_open:
        raise SubmissionError({"form": gettext("Comments on this article are closed.")})
    if parent is None:
        return
    if parent.article_id != article.pk:
        raise SubmissionError(
            {"form": gettext("The comment you are replying to is on another article.")}
        )
    if not parent.is_visible:
        message = gettext(
            "The comment you are replying to is no longer published. You can submit "
            "yours without it."
        )
        raise SubmissionError({"parent": message})


def limit_rate(article: Article, form_age: timedelta | None, ip_address: str | None) -> None:
    if form_age is not None and checks.is_too_quick(form_age):
        message = gettext("Sent too quickly. Wait a moment and try again.")
        raise TooQuick({"form": message})
    if ip_address is not None and checks.too_many(article, ip_address):
        message = gettext("Too many comments. Try again in ten minutes.")
        raise SubmissionError({"form": message}, busy=True)


def validate_comment(comment: Comment, *, only_text: bool = False) -> None:
    """Raises SubmissionError for invalid fields; `only_text` is for edits, which cannot change others."""
    errors: dict[str, str] = {}
    try:
        comment.clean_fields(exclude=["article", "parent", "user", "form_id"])
    except ValidationError as error:
        errors = {field: messages[0] for field, messages in error.message_dict.items()}
    if only_text:
        errors = {field: message for field, message in errors.items() if field == "text"}
    elif comment.user is None:
        errors |= _guest_errors(comment, email_is_valid="email" not in errors)
    if not comment.text:
        errors["text"] = gettext("Enter a comment.")
    elif len(comment.text) > TEXT_MAX_LENGTH:
        errors["text"] = gettext(
            "The comment has %(count)s characters. Shorten it to at most %(most)s."
        ) % {"count": f"{len(comment.text):,}", "most": f"{TEXT_MAX_LENGTH:,}"}
    if errors:
        raise SubmissionError(errors)


def _guest_errors(comment: Comment, *, email_is_valid: bool) -> dict[str, str]:
    errors = {}
    if not comment.name:
        errors["name"] = gettext("Enter your name.")
    elif len(comment.name) > NAME_MAX_LENGTH:
        errors["name"] = gettext("This name is too long. Use at most %(most)d characters.") % {
            "most": NAME_MAX_LENGTH
        }
    elif (owner := owner_of(comment.name)) is Owner.NEWSROOM:
        errors["name"] = gettext(
            "A member of the newsroom has this name. If it is you, sign in. If not, "
            "use another name."
        )
    elif owner is Owner.SOMEBODY:
        errors["name"] = gettext(
            "A registered user has this name. If it is you, sign in. If not, use another name."
        )
    if not comment.email:
        errors["email"] = gettext("Enter your e-mail address. It is never shown.")
    elif not email_is_valid:
        errors["email"] = gettext("Enter a valid e-mail address, such as name@example.org.")
    return errors


def normalise_line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()

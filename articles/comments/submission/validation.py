"""A submitted comment form, and its validation."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext

from accounts.display_names import Owner, owner_of
from articles.comments.models import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, Comment
from articles.comments.screening import checks
from articles.comments.submission.comment_policy import CommentSettings
from articles.editorial.models import Article
from iria.core.text.validators import validate_storable


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
        raise SubmissionError({"form": message})
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

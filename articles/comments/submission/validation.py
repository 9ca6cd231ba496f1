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
    """What somebody typed into the form, kept on every page until it is sent."""

    name: str = ""
    email: str = ""
    text: str = ""
    parent: str = ""
    honeypot: str = ""
    token: str = ""
    follow: str = ""
    """How soon the commenter wants to be told of answers; empty for not."""
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

    def answered(self, article: Article) -> Comment | None:
        """The comment this one answers, whatever its state.

        Raises:
            Comment.DoesNotExist: it is not below this article, or was never there.
        """
        if not self.parent:
            return None
        pk = number(self.parent)
        if pk is None:
            raise Comment.DoesNotExist
        return article.comments.select_related("user").get(pk=pk)


def number(text: str | None) -> int | None:
    """The id in a query or form field, or None where there is none that could exist."""
    if text and text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    return None


class SubmissionError(Exception):
    """The comment was not taken; each sentence is for its commenter, under the field it is about."""

    def __init__(self, sentences: dict[str, str], *, busy: bool = False) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = sentences
        self.busy = busy


def validate_storable_fields(**fields: str) -> None:
    problems = {}
    for name, value in fields.items():
        try:
            validate_storable(value)
        except ValidationError as mistake:
            problems[name] = mistake.messages[0]
    if problems:
        raise SubmissionError(problems)


def check_open(article: Article, parent: Comment | None, settings: CommentSettings) -> None:
    """Raises Refused where nothing is taken, or what is answered is not there."""
    if not article.is_published:
        sentence = gettext("This article is not published, so you cannot comment on it.")
        raise SubmissionError({"form": sentence})
    if not settings.is_open:
        raise SubmissionError({"form": gettext("Comments on this article are closed.")})
    if parent is None:
        return
    if parent.article_id != article.pk:
        raise SubmissionError(
            {"form": gettext("The comment you are replying to is on another article.")}
        )
    if not parent.is_visible:
        sentence = gettext(
            "The comment you are replying to is no longer published. You can submit "
            "yours without it."
        )
        raise SubmissionError({"parent": sentence})


def limit_rate(article: Article, form_age: timedelta | None, address: str | None) -> None:
    if form_age is not None and checks.is_too_quick(form_age):
        sentence = gettext("Sent too quickly. Wait a moment and try again.")
        raise SubmissionError({"form": sentence})
    if address is not None and checks.too_many(article, address):
        sentence = gettext("Too many comments. Try again in ten minutes.")
        raise SubmissionError({"form": sentence}, busy=True)


def validate_comment(comment: Comment, *, only_text: bool = False) -> None:
    """Raises Refused for what cannot be kept; a comment that is changed keeps its commenter's name."""
    problems: dict[str, str] = {}
    try:
        comment.clean_fields(exclude=["article", "parent", "user", "form_id"])
    except ValidationError as mistake:
        problems = {field: found[0] for field, found in mistake.message_dict.items()}
    if only_text:
        problems = {field: words for field, words in problems.items() if field == "text"}
    elif comment.user is None:
        problems |= _problems_of_guest(comment, address_is_sound="email" not in problems)
    if not comment.text:
        problems["text"] = gettext("Enter a comment.")
    elif len(comment.text) > TEXT_MAX_LENGTH:
        problems["text"] = gettext(
            "The comment has %(count)s characters. Shorten it to at most %(most)s."
        ) % {"count": f"{len(comment.text):,}", "most": f"{TEXT_MAX_LENGTH:,}"}
    if problems:
        raise SubmissionError(problems)


def _problems_of_guest(comment: Comment, *, address_is_sound: bool) -> dict[str, str]:
    problems = {}
    if not comment.name:
        problems["name"] = gettext("Enter your name.")
    elif len(comment.name) > NAME_MAX_LENGTH:
        problems["name"] = gettext("This name is too long. Use at most %(most)d characters.") % {
            "most": NAME_MAX_LENGTH
        }
    elif (owner := owner_of(comment.name)) is Owner.NEWSROOM:
        problems["name"] = gettext(
            "A member of the newsroom has this name. If it is you, sign in. If not, "
            "use another name."
        )
    elif owner is Owner.SOMEBODY:
        problems["name"] = gettext(
            "A registered user has this name. If it is you, sign in. If not, use another name."
        )
    if not comment.email:
        problems["email"] = gettext("Enter your e-mail address. It is never shown.")
    elif not address_is_sound:
        problems["email"] = gettext("Enter a valid e-mail address, such as name@example.org.")
    return problems


def with_plain_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()

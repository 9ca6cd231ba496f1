"""The comment form: its values, its signed token and its errors.

A public page is the same for everybody and has no token. It is created on an uncached
page or fetched by a script when the form gets focus (docs/decisions/public-pages.md).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.models import User
from accounts.profiles import Owner, owner_of
from articles.comments.models import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, Comment
from articles.comments.notifications.models import Follow
from articles.comments.submission.comment_policy import ArticlePolicy, policy_of
from articles.editorial.models import Article
from iria.core import security
from iria.core.http.urls import parse_id
from iria.core.mail import to_ascii
from iria.core.text.validators import one_line, validate_not_blank, validate_storable
from iria.publication.models import Publication

PURPOSE: Final = "comment form"
TOKEN_VALID_FOR: Final = timedelta(days=2)
MIN_AGE: Final = timedelta(seconds=3)
"""A form submitted earlier was not filled in by a person."""


def create_token(article: Article, session: str) -> str:
    """A token for a new form below this article.

    Args:
        session: identifies the account and its session; empty for guests.
    """
    value = [str(uuid4()), article.pk, timezone.now().timestamp(), session]
    return security.make_token(value, purpose=PURPOSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A comment with valid values, which is not saved yet, and what was submitted with it."""

    comment: Comment
    policy: ArticlePolicy
    must_confirm: bool = False
    """Whether a guest has to confirm the e-mail address first."""
    honeypot: str = ""
    """What the hidden field contained."""
    ip_address: str = ""
    """For rate limits and bans; stored encrypted. Without it only the article is counted."""
    follow: Follow.Frequency | None = None
    """How often to send replies."""


def _validate_length(text: str) -> None:
    if len(text) > TEXT_MAX_LENGTH:
        message = gettext("The comment has %(count)s characters. Shorten it to at most %(most)s.")
        raise ValidationError(message % {"count": f"{len(text):,}", "most": f"{TEXT_MAX_LENGTH:,}"})


class CommentTextField(forms.CharField):
    default_error_messages = {"required": gettext_lazy("Enter a comment.")}
    default_validators = [validate_storable, validate_not_blank, _validate_length]

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


INVALID_EMAIL: Final = gettext_lazy("Enter a valid e-mail address, such as name@example.org.")


class GuestEmailField(forms.CharField):
    default_error_messages = {
        "required": gettext_lazy("Enter your e-mail address. It is never shown."),
        "invalid": INVALID_EMAIL,
        "max_length": INVALID_EMAIL,
    }
    default_validators = [validate_storable, validate_email]

    def to_python(self, value: Any) -> str:
        return to_ascii(super().to_python(value) or "")


class CommentForm(forms.Form):
    """Its values are shown again until the comment is submitted, with the same token.

    `website` is the honeypot; it, `parent`, `follow` and `token` are never an error of a field.
    """

    name = forms.CharField(
        validators=[validate_storable, validate_not_blank],
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    email = GuestEmailField(max_length=254)
    text = CommentTextField()

    def __init__(
        self,
        data: Any = None,
        *,
        article: Article,
        publication: Publication,
        commenter: User | None = None,
        session: str = "",
        parent: str = "",
    ) -> None:
        """Takes `parent` from the URL of a new form, and everything else from the submitted `data`."""
        super().__init__(data)
        self.article, self.commenter, self.session = article, commenter, session
        self.publication = publication
        self.policy = policy_of(article, publication)
        self.answered: Comment | None = None
        self.parent_error = ""
        self._find_parent(self.data.get("parent", "") if self.is_bound else parent)
        self.form_id: UUID | None = None
        self.comment: Comment | None = None
        """The unsaved comment for the preview, if its values are valid."""
        if commenter is not None:
            del self.fields["name"], self.fields["email"]

    def _find_parent(self, submitted: str) -> None:
        if not submitted:
            return
        pk = parse_id(submitted)
        parent = self.article.comments.select_related("user").filter(pk=pk).first() if pk else None
        if parent is not None and parent.is_visible:
            self.answered = parent
        elif parent is not None:
            self.parent_error = gettext(
                "The comment you are replying to is no longer published. You can "
                "submit yours without it."
            )
        elif self.is_bound:
            self.parent_error = gettext(
                "The comment you are replying to is not on this article. You can submit "
                "yours without it."
            )

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        if len(name) > NAME_MAX_LENGTH:
            message = gettext("This name is too long. Use at most %(most)d characters.")
            raise ValidationError(message % {"most": NAME_MAX_LENGTH})
        owner = owner_of(name)
        if owner is Owner.NEWSROOM:
            raise ValidationError(
                gettext(
                    "A member of the newsroom has this name. If it is you, sign in. If not, "
                    "use another name."
                )
            )
        if owner is Owner.SOMEBODY:
            raise ValidationError(
                gettext(
                    "A registered user has this name. If it is you, sign in. If not, use another name."
                )
            )
        return name

    def clean(self) -> None:
        """Adds the errors that concern no field: closed comments, an unknown parent, the token."""
        if not self.article.is_published:
            message = gettext("This article is not published, so you cannot comment on it.")
            self.add_error(None, message)
        elif not self.policy.is_open:
            self.add_error(None, gettext("Comments on this article are closed."))
        if self.parent_error:
            self.add_error(None, self.parent_error)
        if not self.errors:
            self.comment = Comment(
                article=self.article,
                parent=self.answered,
                user=self.commenter,
                name=self.commenter.public_name if self.commenter else self.cleaned_data["name"],
                email=self.cleaned_data.get("email", ""),
                text=self.cleaned_data["text"],
            )
        self._check_token()
        if not self.is_final and "name" not in self.data:
            # The form below an article does not ask for them; the next page does.
            self.errors.pop("name", None)
            self.errors.pop("email", None)

    def _check_token(self) -> None:
        try:
            value = security.read_token(
                self.data.get("token", ""), purpose=PURPOSE, valid_for=TOKEN_VALID_FOR
            )
            form_id, article_id, created_at, session = value
        except security.ExpiredToken:
            message = gettext(
                "This form was opened more than two days ago. Check your comment and submit it again."
            )
            self.add_error(None, message)
        except (security.BrokenToken, ValueError, TypeError):
            return  # Without a valid token, a preview is shown first.
        else:
            if (article_id, session) != (self.article.pk, self.session):
                message = gettext(
                    "You signed in or out after opening this form. Check your comment and submit it again."
                )
                self.add_error(None, message)
                return
            self.form_id = UUID(form_id)
            # A negative age means that the clock of the server was set back.
            age = timezone.now() - datetime.fromtimestamp(created_at, UTC)
            if self.comment and self.is_final and timedelta(0) <= age < MIN_AGE:
                self.add_error(None, gettext("Sent too quickly. Wait a moment and try again."))

    @property
    def is_final(self) -> bool:
        """Whether to submit the comment, and not only show a preview."""
        return self.form_id is not None and "look" not in self.data

    def submission(self, ip_address: str = "") -> Submission:
        """The comment to post, if the form is valid."""
        if self.comment is None:
            raise ValueError("The form is not valid.")
        self.comment.form_id = self.form_id
        follow = self.data.get("follow", "")
        return Submission(
            comment=self.comment,
            policy=self.policy,
            must_confirm=self.commenter is None and self.publication.guests_confirm_email,
            honeypot=self.data.get("website", ""),
            ip_address=ip_address,
            follow=Follow.Frequency(follow) if follow in Follow.Frequency else None,
        )

    def reject(self, error: ValidationError) -> None:
        """Shows why the comment was not saved. A form that was used already gets a new token."""
        self.add_error(None, error)
        self.comment = None
        if self.has_error(NON_FIELD_ERRORS, "used"):
            self.form_id = None

    @property
    def problems(self) -> list[str]:
        """What is wrong, for the notice above the form."""
        if not self.is_bound:
            return [self.parent_error] if self.parent_error else []
        return [str(messages[0]) for messages in self.errors.values()]

    @property
    def token_value(self) -> str:
        """The token of the form while it is valid; else a new one."""
        return self.data["token"] if self.form_id else create_token(self.article, self.session)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form."""
        if self.has_error(NON_FIELD_ERRORS, "busy"):
            return 429
        return 422 if self.errors else 200

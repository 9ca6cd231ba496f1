"""The forms of decisions and bans."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.http import QueryDict
from django.utils import timezone

from articles.comments.bans.models import Ban
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import RejectionReason
from iria.core.text.validators import validate_not_blank, validate_storable

REASON_MAX_LENGTH = ModerationDecision._meta.get_field("reason").max_length or 500
DURATIONS: Final = {
    "1": ("1 day", timedelta(days=1)),
    "7": ("1 week", timedelta(days=7)),
    "30": ("30 days", timedelta(days=30)),
    "365": ("1 year", timedelta(days=365)),
    "": ("permanently", None),
}
SEEN: Final = rf"^({'|'.join(Comment.State.values)})(:\d{{1,20}})?\Z"
"""A state, or `Comment.change_token`."""


def offered_reasons() -> Any:
    return RejectionReason.objects.filter(active=True)


class DecisionForm(forms.Form):
    """The reason, whether the commenter is notified, and the state that the moderator saw."""

    listed = forms.ModelChoiceField(
        queryset=RejectionReason.objects.all(),
        required=False,
        error_messages={
            "invalid_choice": ("This reason is no longer in the list. Choose another.")
        },
    )
    reason = forms.CharField(
        required=False, max_length=REASON_MAX_LENGTH, validators=[validate_storable]
    )
    tell = forms.BooleanField(required=False)
    seen = forms.RegexField(SEEN, required=False)
    read_at = forms.DateTimeField(required=False)

    @staticmethod
    def seen_state(post_data: QueryDict, comment: Comment) -> str | None:
        """Returns the state in which a listed comment was shown; None if it was not on the page."""
        seen = post_data.get(f"seen-{comment.pk}", "")
        return seen if re.match(SEEN, seen) else None

    @property
    def full_reason(self) -> str:
        """The reason that was entered, otherwise the message of the one that was chosen."""
        listed = self.cleaned_data["listed"]
        return self.cleaned_data["reason"] or (listed.message if listed else "")

    @property
    def error_message(self) -> str:
        """All errors as one line."""
        return " ".join(
            f"{field.capitalize()}: {messages[0]}" for field, messages in self.errors.items()
        )


class ModerationActionForm(ActionForm):
    """The form above the list: the action for the selected comments, and the reason.

    `DecisionForm` validates the reason, because Django's changelist would report any error as
    “No action selected”.
    """

    listed = forms.ModelChoiceField(
        queryset=RejectionReason.objects.none(),
        required=False,
        empty_label="none",
        label="Rejection reason:",
    )
    reason = forms.Field(
        required=False,
        label="or other reason:",
        widget=forms.TextInput({"maxlength": REASON_MAX_LENGTH}),
    )
    tell = forms.BooleanField(required=False, label="Notify the commenter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"].queryset = offered_reasons()  # type: ignore[attr-defined]


class BanForm(forms.Form):
    """Identifiers, duration and reason of a ban, and what happens to existing comments."""

    kinds = forms.MultipleChoiceField(
        label="Ban by",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    length = forms.ChoiceField(
        label="Duration",
        choices=[(key, label.capitalize()) for key, (label, _) in DURATIONS.items()],
        required=False,
        initial="7",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="For the log and other moderators. The commenter does not see it.",
        error_messages={"required": "Enter a reason."},
    )
    existing_comments = forms.ChoiceField(
        label="Existing comments",
        choices=Ban.ExistingComments,
        initial=Ban.ExistingComments.REJECT_PENDING,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, known: Collection[str]) -> None:
        """Only the account is preselected: the address of a guest may belong to somebody else."""
        super().__init__(data)
        choices = [(kind.value, _label(kind)) for kind in Ban.Kind if kind in known]
        field = self.fields["kinds"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = [value for value, _ in choices if value == Ban.Kind.ACCOUNT]

    def expires_at(self) -> datetime | None:
        _, duration = DURATIONS[self.cleaned_data["length"]]
        return timezone.now() + duration if duration else None


def _label(kind: Ban.Kind) -> str:
    return {
        Ban.Kind.ACCOUNT: "Account",
        Ban.Kind.EMAIL: "E-mail address (guests with it are pending; accounts are not affected)",
        Ban.Kind.NAME: "Name (others with this name are pending)",
        Ban.Kind.IP_ADDRESS: "IP address (comments from it are pending)",
        Ban.Kind.NETWORK: "Network, /24 or /56 (comments from it are pending)",
    }[kind]

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
LENGTHS: Final = {
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
    """A reason, whether the commenter hears it, and the state in which the comment was seen."""

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
    def seen_in(sent: QueryDict, comment: Comment) -> str | None:
        """How somebody saw one of many; None where it was not on the page before them."""
        seen = sent.get(f"seen-{comment.pk}", "")
        return seen if re.match(SEEN, seen) else None

    @property
    def why(self) -> str:
        """What was typed, else the words of the reason that was chosen."""
        listed = self.cleaned_data["listed"]
        return self.cleaned_data["reason"] or (listed.message if listed else "")

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return " ".join(
            f"{field.capitalize()}: {problems[0]}" for field, problems in self.errors.items()
        )


class ChosenComments(ActionForm):
    """The row above the list: what to do with the chosen comments, and why.

    The reason is checked by `DecisionForm`, which says what is wrong with it; Django's list would
    only say that no action was chosen.
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
    """By what a commenter is known from now on, for how long, why, and what of their earlier comments."""

    kinds = forms.MultipleChoiceField(
        label="Ban by",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    length = forms.ChoiceField(
        label="Duration",
        choices=[(key, words.capitalize()) for key, (words, _) in LENGTHS.items()],
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
        """Ticked beforehand is the account; a guest's address may be somebody else's."""
        super().__init__(data)
        choices = [(kind.value, _by(kind)) for kind in Ban.Kind if kind in known]
        field = self.fields["kinds"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = [value for value, _ in choices if value == Ban.Kind.ACCOUNT]

    def expires_at(self) -> datetime | None:
        _, span = LENGTHS[self.cleaned_data["length"]]
        return timezone.now() + span if span else None


def _by(kind: Ban.Kind) -> str:
    return {
        Ban.Kind.ACCOUNT: "Account",
        Ban.Kind.EMAIL: "E-mail address (guests with it are pending; accounts are not affected)",
        Ban.Kind.NAME: "Name (others with this name are pending)",
        Ban.Kind.IP_ADDRESS: "IP address (comments from it are pending)",
        Ban.Kind.NETWORK: "Network, /24 or /56 (comments from it are pending)",
    }[kind]

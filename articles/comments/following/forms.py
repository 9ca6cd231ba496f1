"""What somebody sends who wants to be told of comments."""

from django import forms
from django.utils.translation import gettext_lazy

from articles.comments.following.models import Follow
from iria.kit.mailboxes import in_ascii
from iria.kit.text import refuse_unstorable

NO_ADDRESS = gettext_lazy(
    "No mail can be sent to this address; it should be like name@example.org."
)


class FollowForm(forms.Form):
    """How soon, and for guests to which address."""

    pace = forms.ChoiceField(
        choices=Follow.Pace.choices,
        error_messages={
            "required": gettext_lazy("Please choose how often."),
            "invalid_choice": gettext_lazy("Please choose how often."),
        },
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        validators=[refuse_unstorable],
        error_messages={"invalid": NO_ADDRESS, "max_length": NO_ADDRESS},
    )
    website = forms.CharField(required=False)

    def __init__(self, *args: object, signed_in: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.signed_in = signed_in

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if not email and not self.signed_in:
            raise forms.ValidationError(str(NO_ADDRESS))
        return in_ascii(email)

    @property
    def was_filled_by_a_program(self) -> bool:
        """The field that people do not see holds something."""
        return bool(self.data.get("website", "").strip())

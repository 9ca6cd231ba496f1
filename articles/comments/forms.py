"""What a moderator sends with a decision."""

from django import forms
from django.contrib.admin.helpers import ActionForm

from articles.comments.models import Comment, Moderation
from iria.kit.text import refuse_unstorable

REASON_MAX_LENGTH = Moderation._meta.get_field("reason").max_length or 500


class DecisionForm(forms.Form):
    """A reason, whether the writer hears it, and the state in which the comment was seen."""

    reason = forms.CharField(
        required=False, max_length=REASON_MAX_LENGTH, validators=[refuse_unstorable]
    )
    tell = forms.BooleanField(required=False)
    seen = forms.ChoiceField(required=False, choices=Comment.State)

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return " ".join(f"{field}: {problems[0]}" for field, problems in self.errors.items())


class ChosenComments(ActionForm):
    """The row above the list: what to do with the chosen comments, and why.

    The reason is checked by `DecisionForm`, which says what is wrong with it; Django's list would
    only say that no action was chosen.
    """

    reason = forms.Field(
        required=False,
        label="Reason, for a rejection:",
        widget=forms.TextInput({"maxlength": REASON_MAX_LENGTH}),
    )
    tell = forms.BooleanField(required=False, label="Tell the writer")

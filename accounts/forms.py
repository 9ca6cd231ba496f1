"""Forms about an account."""

from django import forms
from django.http import HttpRequest

from accounts.models import User
from iria.kit.text import refuse_blank


class SignupForm(forms.Form):
    """What we ask beside address and password; allauth mixes it into its own form."""

    display_name = forms.CharField(
        max_length=80,
        validators=[refuse_blank],
        label="Your name",
        help_text="Stands beside your comments.",
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["display_name"]

"""Forms about an account."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from accounts import profiles
from accounts.models import User
from iria.core.text.validators import validate_not_blank, validate_storable


def name_field() -> forms.CharField:
    return forms.CharField(
        max_length=profiles.NAME_MAX_LENGTH,
        validators=[validate_storable, validate_not_blank],
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Shown with your comments. Your e-mail address is never shown."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )


class SignupFields(forms.Form):
    """Fields beside e-mail address and password; allauth mixes them into its form."""

    display_name = name_field()
    field_order = ("display_name", "email", "password1")

    def clean_display_name(self) -> str:
        return profiles.clean_name(self.cleaned_data["display_name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        """Sends no signal: the name is reserved only when the e-mail address is confirmed.

        If an unconfirmed account reserved its name, a second sign-up would reveal that the first
        used an unknown e-mail address.
        """
        user.display_name = self.cleaned_data["display_name"]
        User.objects.filter(pk=user.pk).update(display_name=user.display_name)


class ProfileForm(forms.ModelForm[User]):
    display_name = name_field()

    class Meta:
        model = User
        fields = ("display_name", "biography", "has_public_profile")
        labels: ClassVar[dict[str, Any]] = {
            "biography": gettext_lazy("About you"),
            "has_public_profile": gettext_lazy("Public profile"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "biography": gettext_lazy("Two or three sentences for your public profile."),
            "has_public_profile": gettext_lazy(
                "A page that shows everybody your name, profile picture, biography and comments."
            ),
        }
        widgets: ClassVar[dict[str, Any]] = {"biography": forms.Textarea({"rows": 4})}

    def clean_display_name(self) -> str:
        return profiles.clean_name(self.cleaned_data["display_name"], excluding=self.instance)


class AvatarForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("Image file"),
        help_text=gettext_lazy(
            "JPEG, PNG or another common format. The metadata of the file is not stored."
        ),
        widget=forms.FileInput({"accept": "image/*"}),
    )


class EmailChangeForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        validators=[validate_storable],
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == self.user.email.lower():
            raise forms.ValidationError(gettext("This is already your e-mail address."))
        return email


def code_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        validators=[validate_storable],
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )


class EmailCodesForm(forms.Form):
    old_code = code_field(gettext_lazy("Code sent to your old e-mail address"))
    new_code = code_field(gettext_lazy("Code sent to your new e-mail address"))


class DeleteAccountForm(forms.Form):
    comments = forms.ChoiceField(
        label=gettext_lazy("Your comments"),
        choices=[
            ("keep", gettext_lazy("keep them without my name, so that replies still make sense")),
            ("remove", gettext_lazy("delete them; where somebody replied, a placeholder remains")),
        ],
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Delete my account permanently"),
        error_messages={"required": gettext_lazy("Confirm that you want to delete your account.")},
    )

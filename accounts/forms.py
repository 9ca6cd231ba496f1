"""Forms about an account."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import names
from accounts.models import User
from iria.kit.text import refuse_blank, refuse_unstorable

NAME_MAX_LENGTH = 80


def name_field() -> forms.CharField:
    return forms.CharField(
        max_length=NAME_MAX_LENGTH,
        validators=[refuse_unstorable, refuse_blank],
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Stands beside your comments. Your e-mail address is never shown."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )


class SignupForm(forms.Form):
    """What we ask beside address and password; allauth mixes it into its own form."""

    display_name = name_field()
    field_order = ("display_name", "email", "password1")

    def clean_display_name(self) -> str:
        return names.checked(self.cleaned_data["display_name"])

    def signup(self, request: HttpRequest, user: User) -> None:
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])


class ProfileForm(forms.ModelForm[User]):
    display_name = name_field()

    class Meta:
        model = User
        fields = ("display_name",)

    def clean_display_name(self) -> str:
        return names.checked(self.cleaned_data["display_name"], besides=self.instance)


class DeskLoginForm(AdminAuthenticationForm):
    """Signing in at the desk, under the same limits as everywhere else."""

    def clean(self) -> dict[str, Any]:
        from allauth.account.adapter import get_adapter

        address = self.cleaned_data.get("username")
        if address and self.request is not None:
            adapter = get_adapter(self.request)
            adapter.pre_authenticate(self.request, email=address)
            cleaned = super().clean()
            # Only failures count; a good sign-in gives its try back.
            adapter._rollback_login_failed_rl_usage()
            return cleaned
        return super().clean()

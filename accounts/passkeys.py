"""Forms for passkeys and keys: allauth's, which answer anything unreadable with a sentence.

What comes in was made by a script, or by somebody who plays with the form; CBOR and JSON of strangers
break in many ways.
"""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from iria.kit.text import one_line, refuse_unstorable

NAME_MAX_LENGTH = 60


class AddForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(
        required=False,
        max_length=NAME_MAX_LENGTH,
        validators=[refuse_unstorable],
        label=gettext_lazy("A name for it"),
        help_text=gettext_lazy("Such as “Phone” or “Key on my ring”, to tell it from others."),
    )

    def clean_name(self) -> str:
        return one_line(str(super().clean_name()))

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except ValidationError:
            raise
        except Exception as mistake:
            raise _unreadable() from mistake


class _Shown(forms.Form):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # of allauth's form
        except ValidationError:
            raise
        except Exception as mistake:
            raise _unreadable() from mistake


class ShowForm(_Shown, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of signing in."""


class ShowAgainForm(_Shown, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Before a grave change."""


class SignInForm(_Shown, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in by the passkey alone."""


def _unreadable() -> ValidationError:
    mistake: ValidationError = get_adapter().validation_error("incorrect_code")
    return mistake

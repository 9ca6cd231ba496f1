"""Forms of allauth with changes: sign-up, codes and passkeys.

Sign-up takes as long for a known address as for a new one. A code of an authenticator app works once. allauth remembers a
used code for one period of 30 seconds, but the tolerance accepts it for three. Any unreadable passkey response is a form
error. It comes from a script or from an attacker, and malformed CBOR and JSON raise many exceptions.

They are not in `accounts.forms` because allauth loads that module while it builds the form that the sign-up form extends.
"""

from hashlib import sha256
from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from iria.core.text.validators import one_line, validate_storable


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth has no types
    def try_save(self, request: HttpRequest) -> Any:
        """Hashes the password also where no account is made, as allauth does when signing in.

        Hashing takes about ten times as long as the rest of the request.
        """
        password = self.cleaned_data.get("password1")
        if self.account_already_exists and password:
            make_password(password)
        return super().try_save(request)


class _SingleUseCode(forms.Form):
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))
        self.has_app = Authenticator.Type.TOTP in types
        self.has_codes = self.has_app or Authenticator.Type.RECOVERY_CODES in types
        """Whether the user has any codes; an account with only passkeys has none."""
        if not self.has_app:
            code = self.fields["code"]
            code.label = gettext_lazy("Recovery code")
            code.widget.attrs |= {"placeholder": "", "autocomplete": "off"}

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of allauth's form
        steps = 2 * app_settings.TOTP_TOLERANCE + 1
        digits = "".join(character for character in code if character.isalnum())
        used = sha256(f"code of {self.user.pk}\0{digits}".encode()).hexdigest()
        if not cache.add(f"used:{used}", "y", timeout=steps * app_settings.TOTP_PERIOD):
            error: ValidationError = get_adapter().validation_error("incorrect_code")
            raise error
        return code


class TwoFactorForm(_SingleUseCode, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step of sign-in."""


class TwoFactorReauthenticateForm(_SingleUseCode, ReauthenticateForm):  # type: ignore[misc]
    """Reauthentication with a code."""


NAME_MAX_LENGTH = 60


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(
        required=False,
        max_length=NAME_MAX_LENGTH,
        validators=[validate_storable],
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("For example “Phone” or “Security key”."),
    )

    def clean_name(self) -> str:
        return one_line(str(super().clean_name()))

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except ValidationError:
            raise
        except Exception as error:
            raise _invalid_credential() from error


class _ValidCredential(forms.Form):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # of allauth's form
        except ValidationError:
            raise
        except Exception as error:
            raise _invalid_credential() from error


class PasskeyForm(_ValidCredential, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of sign-in."""


class PasskeyReauthenticateForm(_ValidCredential, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Reauthentication with a passkey."""


class PasskeyLoginForm(_ValidCredential, LoginWebAuthnForm):  # type: ignore[misc]
    """Sign-in with a passkey only."""


def _invalid_credential() -> ValidationError:
    error: ValidationError = get_adapter().validation_error("incorrect_code")
    return error

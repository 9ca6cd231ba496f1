"""The sign-up form: allauth's, which takes as long for a known address as for a new one.

It is in a module of its own because allauth loads `accounts.forms` while it builds the form that this
one extends.
"""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth has no types
    def try_save(self, request: HttpRequest) -> Any:
        """Hashes the password also where no account is made, as allauth does when signing in.

        Hashing takes about ten times as long as the rest of the request.
        """
        password = self.cleaned_data.get("password1")
        if self.account_already_exists and password:
            make_password(password)
        return super().try_save(request)

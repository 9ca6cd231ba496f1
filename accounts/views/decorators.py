"""Decorators for views that need an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.mfa import required
from accounts.models import User

type View = Callable[..., HttpResponse]


def account_required(view: View) -> View:
    """Requires sign-in; the view is called with the user."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, cast(User, request.user), *args, **kwargs)

    return wrapped


def reauthentication_required_for(view: View) -> View:
    """Also requires a recent confirmation of identity."""

    return recent_sign_in_required(cast(View, reauthentication_required(account_required(view))))


def recent_sign_in_required(view: View) -> View:
    """Requires a recent sign-in of accounts that have neither a password nor an authenticator.

    allauth does not ask these to confirm their identity. They have to sign out and in again with a code
    sent by e-mail.
    """

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = cast(User, request.user)
        within = app_settings.REAUTHENTICATION_TIMEOUT
        if not get_reauthentication_flows(user) and not required.authenticated_recently(
            request, user, within=within
        ):
            then = f"{reverse('account_request_login_code')}?{urlencode({'next': request.path})}"
            return render(request, "account/confirm_identity.html", {"then": then}, status=403)
        return view(request, *args, **kwargs)

    return wrapped

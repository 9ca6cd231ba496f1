"""Signing in at the desk: the same way in as everywhere else, in the admin's clothes.

The first step of a member of the newsroom who has no second factor yet.
"""

from typing import Any, cast

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts.forms import DeskLoginForm
from accounts.mfa import required
from accounts.models import User
from accounts.views.decorators import signed_in


class DeskDoor(LoginView):
    """Address and password; what else an account asks for comes after, as everywhere."""

    authentication_form = DeskLoginForm
    template_name = "admin/login.html"

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        login = Login(
            user=user,
            redirect_url=self.get_success_url(),
            # An administrator made the account; that is proof enough of its address.
            email_verification=EmailVerificationMethod.NONE,
        )
        response: HttpResponse = perform_password_login(
            self.request, {"email": user.get_username()}, login
        )
        return response


@never_cache
def sign_in(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Where members need a second factor, the page with passkeys and codes is the one door."""
    if settings.STAFF_SECOND_FACTOR:
        if isinstance(request.user, User) and not request.user.is_staff:
            # To send them to the door would send them round in a circle.
            raise PermissionDenied
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")
    view = DeskDoor.as_view(extra_context={**context, "app_path": request.get_full_path()})
    return cast(HttpResponse, view(request))


@signed_in
def wanted(request: HttpRequest, user: User) -> HttpResponse:
    """Why the desk asks for one, the two ways to get it, and on to where somebody wanted to go."""
    context = {"is_set_up": required.is_set_up(user)}
    return render(request, "account/second_factor.html", context)

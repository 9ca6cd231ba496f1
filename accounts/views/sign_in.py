"""Sign-in to the admin, and the set-up of two-factor authentication that it may require."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts.mfa import required
from accounts.models import User
from accounts.views.decorators import account_required


class AdminLoginForm(AdminAuthenticationForm):
    """Sign-in to the admin, with the same rate limits as everywhere."""

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username")
        if email and self.request is not None:
            adapter = get_adapter(self.request)
            adapter.pre_authenticate(self.request, email=email)
            cleaned = super().clean()
            # Only failed attempts count.
            adapter._rollback_login_failed_rl_usage()
            return cleaned
        return super().clean()


class AdminLoginView(LoginView):
    """E-mail address and password; further steps of the account follow, as everywhere."""

    authentication_form = AdminLoginForm
    template_name = "admin/login.html"

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        login = Login(
            user=user,
            redirect_url=self.get_success_url(),
            # An administrator created the account, so its e-mail address needs no confirmation.
            email_verification=EmailVerificationMethod.NONE,
        )
        response: HttpResponse = perform_password_login(
            self.request, {"email": user.get_username()}, login
        )
        return response


@never_cache
def sign_in(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """If the admin requires two-factor authentication, sign-in happens on the public sign-in page."""
    if settings.STAFF_SECOND_FACTOR:
        if isinstance(request.user, User) and not request.user.is_staff:
            # A redirect to the sign-in page would lead back here.
            raise PermissionDenied
        next_url = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': next_url})}")
    view = AdminLoginView.as_view(extra_context={**context, "app_path": request.get_full_path()})
    return cast(HttpResponse, view(request))


@account_required
def two_factor_required(request: HttpRequest, user: User) -> HttpResponse:
    """Explains why the admin requires it, and links to the set-up of passkeys and apps."""
    context = {"is_set_up": required.has_two_factor(user)}
    return render(request, "account/two_factor_required.html", context)

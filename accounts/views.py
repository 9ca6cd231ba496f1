"""Sign-in to the admin, and the pages of one's own account.

Profile, profile picture, e-mail change, export, deletion, sessions, and the set-up of two-factor authentication
that the admin may require.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final, cast

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.models import Login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_noop, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import email_addresses, mfa, personal_data, profiles, sessions
from accounts.forms import (
    AvatarForm,
    DeleteAccountForm,
    EmailChangeForm,
    EmailCodesForm,
    ProfileForm,
)
from accounts.models import Avatar, User
from iria.core.http.headers import client_ip
from iria.core.http.urls import parse_id
from iria.core.rendering import theme_from
from iria.core.text.dates import time_element
from iria.core.text.language import use_language
from iria.publication.context_processors import publication_of
from iria.publication.views import FOREVER

type View = Callable[..., HttpResponse]


def account_required(view: View) -> View:
    """Requires sign-in; the view is called with the user."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, cast(User, request.user), *args, **kwargs)

    return wrapped


def reauthentication_required_for(view: View) -> View:
    """Requires sign-in, and a recent confirmation of identity."""

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
        if not get_reauthentication_flows(user) and not mfa.authenticated_recently(
            request, user, within=within
        ):
            then = f"{reverse('account_request_login_code')}?{urlencode({'next': request.path})}"
            return render(request, "account/confirm_identity.html", {"then": then}, status=403)
        return view(request, *args, **kwargs)

    return wrapped


TOO_OFTEN: Final = gettext_noop("Too many uploads. Try again in an hour.")


@account_required
def profile(request: HttpRequest, user: User) -> HttpResponse:
    # Validation changes the instance of the form; the page must not show a rejected name.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Profile saved."))
        return redirect("account_profile")
    return _profile(request, user, form, AvatarForm())


@require_POST
@account_required
def avatar_upload(request: HttpRequest, user: User) -> HttpResponse:
    if "drop" in request.POST:
        profiles.delete_avatar(user)
        messages.success(request, gettext("Profile picture removed."))
        return redirect("account_profile")
    form = AvatarForm(request.POST, request.FILES)
    if form.is_valid() and not profiles.may_upload(user, client_ip(request)):
        form.add_error("picture", gettext(TOO_OFTEN))
        response = _profile(request, user, ProfileForm(instance=user), form)
        response.status_code = 429
        response.headers["Retry-After"] = str(int(profiles.UPLOAD_PERIOD.total_seconds()))
        return response
    if form.is_valid():
        try:
            profiles.save_avatar(user, form.cleaned_data["picture"])
        except ValidationError as error:
            form.add_error("picture", error)
        else:
            messages.success(request, gettext("Profile picture saved."))
            return redirect("account_profile")
    return _profile(request, user, ProfileForm(instance=user), form)


def _profile(
    request: HttpRequest, user: User, form: ProfileForm, avatar_form: AvatarForm
) -> HttpResponse:
    context = {
        "form": form,
        "face_form": avatar_form,
        "avatar": Avatar.objects.filter(user=user).first(),
        "has_two_factor": is_mfa_enabled(user),
    }
    return render(request, "account/profile.html", context)


@require_safe
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """A profile picture; its content never changes under the same name."""
    # Two accounts may have the same picture.
    picture = Avatar.objects.filter(name=name).first()
    if picture is None:
        raise Http404
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(picture.png), content_type="image/png", headers=headers)


@require_safe
def sign_in_state(request: HttpRequest) -> HttpResponse:
    """A fragment, fetched by a script, that shows who is signed in, in the language of the page.

    On the page of an article, `?article=` has its id, for a link to edit it.
    """
    article_id = request.GET.get("article", "")
    # Every page fetches this, so it saves the query for the theme and uses the default one.
    with theme_from(lambda: ("", None)), use_language(request.GET.get("language", "")):
        context = {"article_id": article_id if parse_id(article_id) else ""}
        return render(request, "account/_state.html", context)


@account_required
def email_change(request: HttpRequest, user: User) -> HttpResponse:
    if "cancel" in request.POST:
        email_addresses.cancel_change(request)
        return redirect("account_profile")
    if "old_code" in request.POST:
        return _confirm_email_change(request, user)
    change = email_addresses.pending_change(request, user)
    if request.method != "POST" and change:
        return _ask_for_codes(request, change, EmailCodesForm())
    form = EmailChangeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            email_addresses.start_change(request, user, form.cleaned_data["email"])
            return redirect("account_email")
        except email_addresses.EmailChangeFailed as error:
            form.add_error("email", ValidationError(str(error)))
    return render(request, "account/email_change.html", {"form": form})


def _confirm_email_change(request: HttpRequest, user: User) -> HttpResponse:
    form = EmailCodesForm(request.POST)
    if form.is_valid():
        try:
            email_addresses.confirm_change(request, user, **form.cleaned_data)
        except email_addresses.NoPendingChange as error:
            messages.error(request, str(error))
            return redirect("account_email")
        except email_addresses.EmailChangeFailed as error:
            form.add_error(None, ValidationError(str(error)))
        else:
            messages.success(request, gettext("E-mail address changed."))
            return redirect("account_profile")
    change = email_addresses.pending_change(request, user)
    if change is None:
        messages.error(request, gettext("Too many attempts. Start again."))
        return redirect("account_email")
    return _ask_for_codes(request, change, form)


def _ask_for_codes(
    request: HttpRequest, change: email_addresses.EmailChange, form: EmailCodesForm
) -> HttpResponse:
    return render(request, "account/email_codes.html", {"form": form, "move": change})


@require_safe
@reauthentication_required_for
def download(request: HttpRequest, user: User) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="your-data.zip"'}
    return HttpResponse(
        personal_data.archive(user), content_type="application/zip", headers=headers
    )


@reauthentication_required_for
def delete(request: HttpRequest, user: User) -> HttpResponse:
    form = DeleteAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            personal_data.delete_account(user, keep_text=form.cleaned_data["comments"] == "keep")
        except personal_data.CannotDelete as error:
            messages.error(request, str(error))
            return redirect("account_profile")
        logout(request)
        return redirect("account_deleted")
    return render(request, "account/delete.html", {"form": form})


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "account/deleted.html")


@account_required
def session_list(request: HttpRequest, user: User) -> HttpResponse:
    if request.method == "POST":
        messages.success(request, _end_sessions(request, user))
        return redirect("account_sessions")
    current = request.session.session_key
    local = publication_of(request).local

    def format_time(time: datetime | None) -> str:
        return time_element(local(time), clock=True) if time else ""

    rows = [
        (
            session,
            session.session_key == current,
            format_time(session.started_at),
            format_time(session.last_seen_at),
        )
        for session in sessions.sessions_of(user)
    ]
    return render(request, "account/sessions.html", {"sessions": rows})


def _end_sessions(request: HttpRequest, user: User) -> str:
    """Ends the requested sessions; returns the message."""
    if "others" in request.POST:
        count = sessions.delete_other_browsers_and_sessions(request, user)
        if not count:
            return gettext("There are no other sessions.")
        message = ngettext(
            "%(count)d other session was signed out.",
            "%(count)d other sessions were signed out.",
            count,
        )
        return message % {"count": count}
    if sessions.end(user, request.POST.get("session", "")):
        return gettext("Session signed out.")
    return gettext("This session has already ended.")


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
    context = {"is_set_up": mfa.has_two_factor(user)}
    return render(request, "account/two_factor_required.html", context)

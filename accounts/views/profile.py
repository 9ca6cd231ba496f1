"""The profile of whoever is signed in, and the pictures of all."""

from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from accounts import faces
from accounts.forms import FaceForm, ProfileForm
from accounts.models import Face, User
from accounts.views.signed_in import signed_in
from iria.kit.http import client_address
from iria.kit.speaking import speaking
from iria.publication.views import FOREVER

TOO_OFTEN: Final = gettext_noop("Very many pictures were sent. Please wait an hour and try again.")


@signed_in
def profile(request: HttpRequest, user: User) -> HttpResponse:
    # The form changes its instance while it checks it; the page must not show a refused name.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Your profile is saved."))
        return redirect("account_profile")
    return _profile(request, user, form, FaceForm())


@require_POST
@signed_in
def picture(request: HttpRequest, user: User) -> HttpResponse:
    if "drop" in request.POST:
        faces.drop(user)
        messages.success(request, gettext("Your initials stand there again."))
        return redirect("account_profile")
    form = FaceForm(request.POST, request.FILES)
    if form.is_valid() and not faces.may_upload(user, client_address(request)):
        form.add_error("picture", gettext(TOO_OFTEN))
        response = _profile(request, user, ProfileForm(instance=user), form)
        response.status_code = 429
        response.headers["Retry-After"] = str(int(faces.PER.total_seconds()))
        return response
    if form.is_valid():
        try:
            faces.take(user, form.cleaned_data["picture"])
        except ValidationError as mistake:
            form.add_error("picture", mistake)
        else:
            messages.success(request, gettext("Your picture is saved."))
            return redirect("account_profile")
    return _profile(request, user, ProfileForm(instance=user), form)


def _profile(
    request: HttpRequest, user: User, form: ProfileForm, face_form: FaceForm
) -> HttpResponse:
    context = {
        "form": form,
        "face_form": face_form,
        "face": Face.objects.filter(user=user).first(),
        "has_second_factor": is_mfa_enabled(user),
    }
    return render(request, "account/profile.html", context)


@require_safe
def face(request: HttpRequest, name: str) -> HttpResponse:
    """A picture under its name, which never comes to mean other bytes."""
    # Two accounts may have chosen the very same one.
    found = Face.objects.filter(name=name).first()
    if found is None:
        raise Http404
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.png), content_type="image/png", headers=headers)


@require_safe
def sign_in_state(request: HttpRequest) -> HttpResponse:
    """A small private fragment, fetched by a script, that says who is signed in.

    It speaks as the page does that asks for it.
    """
    with speaking(request.GET.get("language", "")):
        return render(request, "account/_state.html")

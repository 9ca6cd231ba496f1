"""The profile of whoever is signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.forms import ProfileForm
from accounts.models import User
from iria.kit.speaking import speaking


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required
    # The form changes its instance while it checks it; the page must not show a refused name.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Your profile is saved."))
        return redirect("account_profile")
    return render(request, "account/profile.html", {"form": form})


@require_safe
def sign_in_state(request: HttpRequest) -> HttpResponse:
    """A small private fragment, fetched by a script, that says who is signed in.

    It speaks as the page does that asks for it.
    """
    with speaking(request.GET.get("language", "")):
        return render(request, "account/_state.html")

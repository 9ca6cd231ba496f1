"""Changing the address, with a code from each of the two mailboxes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts import moving
from accounts.forms import CodesForm, NewAddressForm
from accounts.models import User
from accounts.views.signed_in import signed_in


@signed_in
def change(request: HttpRequest, user: User) -> HttpResponse:
    if "cancel" in request.POST:
        moving.give_up(request)
        return redirect("account_profile")
    if "old_code" in request.POST:
        return _finish(request, user)
    move = moving.under_way(request, user)
    if request.method != "POST" and move:
        return _ask_for_codes(request, move, CodesForm())
    form = NewAddressForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            moving.begin(request, user, form.cleaned_data["email"])
            return redirect("account_email")
        except moving.CannotMove as mistake:
            form.add_error("email", ValidationError(str(mistake)))
    return render(request, "account/email_change.html", {"form": form})


def _finish(request: HttpRequest, user: User) -> HttpResponse:
    form = CodesForm(request.POST)
    if form.is_valid():
        try:
            moving.finish(request, user, **form.cleaned_data)
        except moving.NotUnderWay as mistake:
            messages.error(request, str(mistake))
            return redirect("account_email")
        except moving.CannotMove as mistake:
            form.add_error(None, ValidationError(str(mistake)))
        else:
            messages.success(request, gettext("Your e-mail address is changed."))
            return redirect("account_profile")
    move = moving.under_way(request, user)
    if move is None:
        messages.error(request, gettext("That was too often; please begin again."))
        return redirect("account_email")
    return _ask_for_codes(request, move, form)


def _ask_for_codes(request: HttpRequest, move: moving.Move, form: CodesForm) -> HttpResponse:
    return render(request, "account/email_codes.html", {"form": form, "move": move})

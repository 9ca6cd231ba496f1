"""Where somebody is signed in, and signing out elsewhere."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from accounts import devices, sessions
from accounts.models import User
from accounts.views.signed_in import signed_in
from iria.kit.dates import time_element
from iria.publication.context import publication_of


@signed_in
def listed(request: HttpRequest, user: User) -> HttpResponse:
    if request.method == "POST":
        messages.success(request, _ended(request, user))
        return redirect("account_sessions")
    current = request.session.session_key
    local = publication_of(request).local

    def said(moment: datetime | None) -> str:
        return time_element(local(moment), clock=True) if moment else ""

    found = [
        (each, each.session_key == current, said(each.began_at), said(each.seen_at))
        for each in sessions.of(user)
    ]
    return render(request, "account/sessions.html", {"sessions": found})


def _ended(request: HttpRequest, user: User) -> str:
    """Ends what was asked for; tells what came of it in a sentence."""
    if "others" in request.POST:
        count = devices.end_others(request, user)
        if not count:
            return gettext("You were signed in nowhere else.")
        sentence = ngettext(
            "You are signed out in %(count)d other place.",
            "You are signed out in %(count)d other places.",
            count,
        )
        return sentence % {"count": count}
    if sessions.end(user, request.POST.get("session", "")):
        return gettext("You are signed out there.")
    return gettext("You were signed out there already.")

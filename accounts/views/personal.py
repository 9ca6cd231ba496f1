"""Taking along what we hold, and deleting the account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import leaving, personal
from accounts.forms import LeaveForm
from accounts.models import User
from accounts.views.signed_in import shown_again


@require_safe
@shown_again
def download(request: HttpRequest, user: User) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="your-data.zip"'}
    return HttpResponse(personal.archive(user), content_type="application/zip", headers=headers)


@shown_again
def delete(request: HttpRequest, user: User) -> HttpResponse:
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            leaving.leave(user, keep_words=form.cleaned_data["comments"] == "keep")
        except leaving.CannotLeave as mistake:
            messages.error(request, str(mistake))
            return redirect("account_profile")
        logout(request)
        return redirect("account_deleted")
    return render(request, "account/delete.html", {"form": form})


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "account/deleted.html")

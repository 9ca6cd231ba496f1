"""The page on which an editor takes a picture away from readers, or gives it back."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from articles.images import permissions
from articles.images.hooks import uses_of
from articles.images.models import Image
from articles.images.rights.withdrawal import restore, withdraw
from iria.core.text.validators import validate_not_blank, validate_storable

ALREADY: Final = "It was withdrawn already; the reason that was given first stands."


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        help_text="For the newsroom, as in “The agency asked for it on Monday”. Readers do not see it.",
    )


def page(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """Where it stands, and why it goes; a withdrawn one is given back with one button.

    The form says which of the two it asks for, so that a second one that is sent late does not undo
    the first.
    """
    if not request.user.has_perm("articles.withdraw_image"):
        raise PermissionDenied
    image = get_object_or_404(Image, pk=number)
    if why := permissions.why_not(request.user, image):
        messages.error(request, why)
        return redirect("admin:articles_image_change", image.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _done(request, image, form):
        return redirect("admin:articles_image_change", image.pk)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Show it again" if image.withdrawn_at else "Withdraw it everywhere",
        "opts": Image._meta,
        "image": image,
        "uses": uses_of(image),
        "form": form,
    }
    return render(request, "admin/articles/image/withdraw.html", context)


def _done(request: HttpRequest, image: Image, form: ReasonForm) -> bool:
    """Does what the form asks for, and says so; not while a reason is missing."""
    by: User = request.user  # type: ignore[assignment]
    if request.POST.get("deed") == "restore":
        restore(image, by=by)
        messages.success(request, "It is shown again wherever it stands.")
        return True
    stands = image.withdrawn_at is None
    if stands and not form.is_valid():
        return False
    if stands and withdraw(image, by=by, reason=form.cleaned_data["reason"]):
        messages.success(request, "It is withdrawn: readers see it nowhere from now on.")
    else:
        messages.warning(request, ALREADY)
    return True

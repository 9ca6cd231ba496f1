"""The page that withdraws an image from the site, or restores it."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from articles.images import permissions
from articles.images.admin.drawer import url_before
from articles.images.hooks import uses_of
from articles.images.models import Image
from articles.images.rights.withdrawal import restore, withdraw
from iria.core.text.validators import validate_not_blank, validate_storable

ALREADY_WITHDRAWN: Final = "The image was already withdrawn. The first reason is kept."


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        help_text="Internal, for example “Requested by the agency on Monday”. Not shown to readers.",
    )


def page(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """The usage and a field for the reason; a withdrawn image is restored with one button.

    The form says which action it asks for, so that a form sent late does not undo another one.
    """
    if not request.user.has_perm("articles.withdraw_image"):
        raise PermissionDenied
    image = get_object_or_404(Image, pk=number)
    if reason := permissions.why_readonly(request.user, image):
        messages.error(request, reason)
        return redirect("admin:articles_image_change", image.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _done(request, image, form):
        return redirect(url_before(request, image))
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Restore image" if image.withdrawn_at else "Withdraw image",
        "opts": Image._meta,
        "image": image,
        "before": url_before(request, image),
        "uses": uses_of(image),
        "form": form,
    }
    return render(request, "admin/articles/image/withdraw.html", context)


def _done(request: HttpRequest, image: Image, form: ReasonForm) -> bool:
    """Does what the form asks for, with a message; False if the reason is missing."""
    by: User = request.user  # type: ignore[assignment]
    if request.POST.get("action") == "restore":
        restore(image, by=by)
        messages.success(request, "Image restored.")
        return True
    active = image.withdrawn_at is None
    if active and not form.is_valid():
        return False
    if active and withdraw(image, by=by, reason=form.cleaned_data["reason"]):
        messages.success(request, "Image withdrawn from the site.")
    else:
        messages.warning(request, ALREADY_WITHDRAWN)
    return True

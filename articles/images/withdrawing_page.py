"""The page on which an editor takes a picture away from readers, or gives it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from articles.images.models import Image
from articles.images.uses import uses_of
from articles.images.withdrawing import restore, withdraw
from iria.kit.text import refuse_blank, refuse_unstorable


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        validators=[refuse_unstorable, refuse_blank],
        help_text="For the newsroom, as in “The agency asked for it on Monday”. Readers do not see it.",
    )


def page(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """Where it stands, and why it goes; a withdrawn one is given back with one button."""
    if not request.user.has_perm("articles.withdraw_image"):
        raise PermissionDenied
    image = get_object_or_404(Image, pk=number)
    form = ReasonForm(request.POST if request.method == "POST" and not image.withdrawn_at else None)
    if request.method == "POST":
        if image.withdrawn_at is not None:
            restore(image, by=request.user)  # type: ignore[arg-type]
            messages.success(request, "It is shown again wherever it stands.")
            return redirect("admin:articles_image_change", image.pk)
        if form.is_valid():
            withdraw(image, by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
            messages.success(request, "It is withdrawn: readers see it nowhere from now on.")
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

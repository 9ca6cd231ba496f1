"""The page on which a picture gets another file."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from articles.images import permissions
from articles.images.hooks import uses_of
from articles.images.library import ingest
from articles.images.library.replacement import replace
from articles.images.models import Image


def page(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """The picture as it is, where it stands, and one field for the file that takes its place."""
    if not request.user.has_perm("articles.replace_image"):
        raise PermissionDenied
    image = get_object_or_404(Image, pk=number)
    if why := permissions.why_not(request.user, image):
        messages.error(request, why)
        return redirect("admin:articles_image_change", image.pk)
    refusal = ""
    if request.method == "POST":
        upload = request.FILES.get("picture")
        seen = request.POST.get("seen", "")
        if upload is None:
            refusal = "Choose the file that takes the place of this one."
        else:
            try:
                replace(image, upload, by=request.user, seen=seen)  # type: ignore[arg-type]
            except ingest.Refused as mistake:
                refusal = str(mistake)
                image.refresh_from_db()
            else:
                sentence = "The file is replaced; the other sizes are being made. Check its words."
                messages.success(request, sentence)
                return redirect("admin:articles_image_change", image.pk)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Replace the file",
        "opts": Image._meta,
        "image": image,
        "uses": uses_of(image),
        "refusal": refusal,
    }
    return render(request, "admin/articles/image/replace.html", context)

"""The page that replaces the file of an image."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from articles.images import permissions
from articles.images.admin.drawer import url_before
from articles.images.hooks import uses_of
from articles.images.library import ingest
from articles.images.library.replacement import replace
from articles.images.models import Image


def page(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """The image, its usage, and one field for the new file."""
    if not request.user.has_perm("articles.replace_image"):
        raise PermissionDenied
    image = get_object_or_404(Image, pk=number)
    if reason := permissions.why_readonly(request.user, image):
        messages.error(request, reason)
        return redirect("admin:articles_image_change", image.pk)
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("picture")
        seen = request.POST.get("seen", "")
        if upload is None:
            error = "Choose the new file."
        else:
            try:
                replace(image, upload, by=request.user, seen=seen)  # type: ignore[arg-type]
            except ingest.UploadRejected as rejection:
                error = str(rejection)
                image.refresh_from_db()
            else:
                message = (
                    "File replaced. Other sizes are being created. Check caption and alt text."
                )
                messages.success(request, message)
                return redirect(url_before(request, image))
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Replace file",
        "opts": Image._meta,
        "image": image,
        "before": url_before(request, image),
        "uses": uses_of(image),
        "error": error,
    }
    return render(request, "admin/articles/image/replace.html", context)

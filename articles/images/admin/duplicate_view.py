"""Deciding about a possible duplicate: use the other image, or keep both."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from articles.images.admin import chooser
from articles.images.library import duplicates, editing
from articles.images.library.uploads import Received
from articles.images.models import Image


@require_POST
def decide(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """`use=ID` deletes this image in favour of that one; an empty `use` keeps both.

    With `?fragment=1` the response is the grid of the chooser, else the page of the kept image.
    """
    if not request.user.has_perms(["articles.add_image", "articles.view_image"]):
        raise PermissionDenied
    if "use" not in request.POST:
        message = "Nothing was changed. Choose which image to use, or keep both."
        return HttpResponseBadRequest(message, content_type="text/plain; charset=utf-8")
    image = Image.objects.filter(pk=number).first()
    other = request.POST["use"]
    if image is None:
        return _respond(request, site, None, "This image no longer exists.", done=False)
    if not other:
        duplicates.keep_both(image, by=request.user)  # type: ignore[arg-type]
        return _respond(request, site, image, "Both images are kept.", done=True)
    remaining = get_object_or_404(
        Image, pk=int(other) if other.isdecimal() and len(other) < 18 else 0
    )
    try:
        duplicates.use_instead(image, remaining, by=request.user)  # type: ignore[arg-type]
    except (duplicates.NotAllowed, editing.StillUsed) as error:
        return _respond(request, site, image, str(error), done=False)
    return _respond(request, site, remaining, "The new image was deleted. Use this one.", done=True)


def _respond(
    request: HttpRequest, site: AdminSite, image: Image | None, message: str, *, done: bool
) -> HttpResponse:
    if "fragment" in request.GET:
        result = Received(str(image or "Image"), image, message, is_new=False)
        query = str(image.pk) if image else ""
        return chooser.render_chooser(request, site, [result], query)
    level = messages.SUCCESS if done else messages.ERROR
    messages.add_message(request, level, message)
    if image is None:
        return redirect("admin:articles_image_changelist")
    return redirect(reverse("admin:articles_image_change", args=[image.pk]))

"""Two pictures look alike: one of them is used, or both are kept."""

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
    """`use=NUMBER` discards this picture for that one; with an empty `use` both are kept.

    With `?fragment=1` the chooser answers with its grid, else the page of the picture that stays.
    """
    if not request.user.has_perms(["articles.add_image", "articles.view_image"]):
        raise PermissionDenied
    if "use" not in request.POST:
        sentence = "Nothing was decided: say which picture is to be used, or that both are kept."
        return HttpResponseBadRequest(sentence, content_type="text/plain; charset=utf-8")
    image = Image.objects.filter(pk=number).first()
    other = request.POST["use"]
    if image is None:
        return _told(request, site, None, "This picture is gone already.", done=False)
    if not other:
        duplicates.keep_both(image, by=request.user)  # type: ignore[arg-type]
        return _told(request, site, image, "Both are kept.", done=True)
    kept = get_object_or_404(Image, pk=int(other) if other.isdecimal() and len(other) < 18 else 0)
    try:
        duplicates.use_instead(image, kept, by=request.user)  # type: ignore[arg-type]
    except (duplicates.NotYours, editing.StillUsed) as refusal:
        return _told(request, site, image, str(refusal), done=False)
    return _told(request, site, kept, "The new one is discarded; use this one.", done=True)


def _told(
    request: HttpRequest, site: AdminSite, image: Image | None, sentence: str, *, done: bool
) -> HttpResponse:
    if "fragment" in request.GET:
        said = Received(str(image or "It"), image, sentence, is_new=False)
        return chooser.shown(request, site, [said], words=str(image.pk) if image else "")
    level = messages.SUCCESS if done else messages.ERROR
    messages.add_message(request, level, sentence)
    if image is None:
        return redirect("admin:articles_image_changelist")
    return redirect(reverse("admin:articles_image_change", args=[image.pk]))

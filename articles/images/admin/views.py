"""The pages that replace the file of an image, withdraw it or restore it, and decide about a possible duplicate.

Also the drawer beside the grid of the library: the fields that are changed most, saved one at a time.
`static/iria_admin/image-drawer.js` shows the fragment and saves through `articles.images.admin.details`. Without
JavaScript the grid leads to the form with all fields.
"""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from articles.images import hooks
from articles.images.admin import chooser
from articles.images.admin.details import MAX_USES, why_unchangeable
from articles.images.admin.forms import ImageForm
from articles.images.hooks import uses_of
from articles.images.library import editing, ingest
from articles.images.library.uploads import Received, replace
from articles.images.models import Image
from articles.images.srcset import plain_rendition
from articles.images.usage_check import restore, withdraw
from iria.core.http.urls import parse_id
from iria.core.text.validators import validate_not_blank, validate_storable

IMAGE_GONE: Final = "This image no longer exists."
ALREADY_WITHDRAWN: Final = "The image was already withdrawn. The first reason is kept."


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        help_text="Internal, for example “Requested by the agency on Monday”. Not shown to readers.",
    )


def withdraw_page(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """The usage and a field for the reason; a withdrawn image is restored with one button.

    The form says which action it asks for, so that a form sent late does not undo another one.
    """
    if not request.user.has_perm("articles.withdraw_image"):
        raise PermissionDenied
    image = get_object_or_404(Image, pk=number)
    if reason := hooks.why_readonly(request.user, image):
        messages.error(request, reason)
        return redirect("admin:articles_image_change", image.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _apply_form(request, image, form):
        return redirect(previous_url(request, image))
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Restore image" if image.withdrawn_at else "Withdraw image",
        "opts": Image._meta,
        "image": image,
        "before": previous_url(request, image),
        "uses": uses_of(image),
        "form": form,
    }
    return render(request, "admin/articles/image/withdraw.html", context)


def _apply_form(request: HttpRequest, image: Image, form: ReasonForm) -> bool:
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


@require_POST
def decide_duplicate(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
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
        return _respond(request, site, None, IMAGE_GONE, done=False)
    if not other:
        editing.keep_both(image, by=request.user)  # type: ignore[arg-type]
        return _respond(request, site, image, "Both images are kept.", done=True)
    remaining = get_object_or_404(Image, pk=parse_id(other))
    try:
        editing.use_instead(image, remaining, by=request.user)  # type: ignore[arg-type]
    except (editing.NotAllowed, editing.StillUsed) as error:
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


def replace_page(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """The image, its usage, and one field for the new file."""
    if not request.user.has_perm("articles.replace_image"):
        raise PermissionDenied
    image = get_object_or_404(Image, pk=number)
    if reason := hooks.why_readonly(request.user, image):
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
            except Image.DoesNotExist:
                messages.error(request, IMAGE_GONE)
                return redirect("admin:articles_image_changelist")
            except ingest.UploadRejected as rejection:
                error = str(rejection)
                image = get_object_or_404(Image, pk=number)
            else:
                message = (
                    "File replaced. Other sizes are being created. Check caption and alt text."
                )
                messages.success(request, message)
                return redirect(previous_url(request, image))
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Replace file",
        "opts": Image._meta,
        "image": image,
        "before": previous_url(request, image),
        "uses": uses_of(image),
        "error": error,
    }
    return render(request, "admin/articles/image/replace.html", context)


WIDGETS: Final[dict[str, type[forms.Widget] | forms.Widget]] = {
    "alt_text": forms.Textarea({"rows": 2}),
    "is_decorative": forms.CheckboxInput(),
    "caption": forms.Textarea({"rows": 3}),
    "credit": forms.TextInput(),
    "licence_until": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    "licence_url": forms.URLInput(),
    "usage_terms": forms.Textarea({"rows": 2}),
}

LIST_FILTERS: Final = "_changelist_filters"
"""Django's parameter for the query string of the list from which a page was opened."""

DrawerForm = forms.modelform_factory(Image, form=ImageForm, fields=[*WIDGETS], widgets=WIDGETS)


@require_safe
def drawer(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """The fragment for an image."""
    if not request.user.has_perm("articles.view_image"):
        raise PermissionDenied
    rows = Image.objects.for_grid().select_related("photographer", "agency")
    image = get_object_or_404(rows, pk=number)
    reason = why_unchangeable(request, image)
    form = DrawerForm(instance=image, auto_id="drawer_%s", label_suffix="")
    for field in form.fields.values():
        field.disabled = bool(reason)
    uses = uses_of(image)
    is_composed = image.photographer_id is not None or image.agency_id is not None
    filters = request.GET.get(LIST_FILTERS)
    context: dict[str, Any] = {
        "image": image,
        "back": f"?{urlencode({LIST_FILTERS: filters})}" if filters else "",
        "whole": plain_rendition(image, 960),
        "form": form,
        "described": [form["alt_text"], form["is_decorative"], form["caption"]],
        "credited": [] if is_composed else [form["credit"]],
        "licensed": [form["licence_until"], form["licence_url"], form["usage_terms"]],
        "why_unchangeable": reason,
        "uses": uses[:MAX_USES],
        "use_count": len(uses),
        "more_uses": max(0, len(uses) - MAX_USES),
        "may_delete": not uses and not reason and request.user.has_perm("articles.delete_image"),
        "may_download": request.user.has_perm("articles.change_image"),
        "focus": (f"{image.focus_x * image.width:.0f}", f"{image.focus_y * image.height:.0f}"),
    }
    return render(request, "admin/articles/image/_drawer_image.html", context)


def previous_url(request: HttpRequest, image: Image) -> str:
    """The list with the drawer from which this page was opened, or the form of the image."""
    if filters := request.GET.get(LIST_FILTERS):
        return f"{reverse('admin:articles_image_changelist')}?{filters}"
    return reverse("admin:articles_image_change", args=[image.pk])


@require_safe
def original(request: HttpRequest, number: int, site: AdminSite) -> FileResponse:
    """The original as it was uploaded; its metadata can be private, so it is for those who may change images."""
    if not request.user.has_perm("articles.change_image"):
        raise PermissionDenied
    image = get_object_or_404(Image.objects.for_grid(), pk=number)
    try:
        content = image.original.open("rb")
    except OSError as error:
        raise Http404 from error
    suffix = str(image.original.name).rpartition(".")[2]
    name = slugify(str(image), allow_unicode=True)[:80] or f"image-{image.pk}"
    return FileResponse(
        content, as_attachment=True, filename=f"{name}.{suffix}", content_type=image.media_type
    )

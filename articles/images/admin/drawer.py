"""The drawer beside the grid of the library: the fields that are changed most, saved one at a time.

`static/iria_admin/image-drawer.js` shows the fragment and saves through `articles.images.admin.details`. Without
JavaScript the grid leads to the form with all fields.
"""

from typing import Any, Final

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from articles.images.admin.details import MOST_USES, why_unchangeable
from articles.images.admin.forms import ImageForm
from articles.images.hooks import uses_of
from articles.images.models import Image
from articles.images.srcset import plain_rendition

WIDGETS: Final[dict[str, type[forms.Widget] | forms.Widget]] = {
    "alt_text": forms.Textarea({"rows": 2}),
    "is_decorative": forms.CheckboxInput(),
    "caption": forms.Textarea({"rows": 3}),
    "credit": forms.TextInput(),
    "licence_until": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    "licence_url": forms.URLInput(),
    "usage_terms": forms.Textarea({"rows": 2}),
}

PRESERVED: Final = "_changelist_filters"
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
    filters = request.GET.get(PRESERVED)
    context: dict[str, Any] = {
        "image": image,
        "back": f"?{urlencode({PRESERVED: filters})}" if filters else "",
        "whole": plain_rendition(image, 960),
        "form": form,
        "described": [form["alt_text"], form["is_decorative"], form["caption"]],
        "credited": [] if is_composed else [form["credit"]],
        "licensed": [form["licence_until"], form["licence_url"], form["usage_terms"]],
        "why_unchangeable": reason,
        "uses": uses[:MOST_USES],
        "use_count": len(uses),
        "more_uses": max(0, len(uses) - MOST_USES),
        "may_delete": not uses and not reason and request.user.has_perm("articles.delete_image"),
        "may_download": request.user.has_perm("articles.change_image"),
        "focus": (f"{image.focus_x * image.width:.0f}", f"{image.focus_y * image.height:.0f}"),
    }
    return render(request, "admin/articles/image/_drawer_image.html", context)


def url_before(request: HttpRequest, image: Image) -> str:
    """The list with the drawer from which this page was opened, or the form of the image."""
    if filters := request.GET.get(PRESERVED):
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

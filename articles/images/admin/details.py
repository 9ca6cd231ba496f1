"""What the article form shows of an image and changes in place: details, upload, import. JSON.

Credit, licence and focal point belong to the image and change everywhere at once, so an image that is
published or scheduled can only be changed by users who may publish (`articles.images.hooks`).
Caption and alt text of a use belong to the article; those of the image are only suggestions for it.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO
from typing import Final, TypedDict
from urllib.parse import unquote, urlsplit

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.images import hooks
from articles.images.admin.forms import FOCUS, ImageForm
from articles.images.credit_line import credit_text
from articles.images.hooks import uses_of
from articles.images.library import editing
from articles.images.library.uploads import Received, receive
from articles.images.models import Image
from articles.images.srcset import plain_rendition
from articles.images.usage_check import retry_if_uncredited
from iria.core.http import safe_client
from iria.core.security import count_and_allow
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

logger = logging.getLogger(__name__)

MAX_USES: Final = 20
"""As many are listed where an image is used."""

CHANGEABLE: Final = (
    *("alt_text", "is_decorative", "caption"),
    *("credit", "usage_terms", "licence_url", "licence_until", *FOCUS),
)
"""The fields that can be changed here; the library has all of them."""

IMAGE_DELETED: Final = "This image is no longer in the library. Choose another one."
UNCHANGEABLE: Final = "You may not change images. Ask an editor."
NO_IMAGE_AT_URL: Final = "This URL has no image. Save the image on your computer and upload it."
TOO_MANY_IMPORTS: Final = "Too many images in a short time. Wait ten minutes, or save the image on your computer and upload it."
MAX_IMPORTS: Final = 60
"""Images of other sites that one user may import in a period."""
IMPORT_PERIOD: Final = timedelta(minutes=10)
IMPORT_SECONDS: Final = 6
"""How long the import of an image may keep a thread of the web process waiting for another site."""


class Details(TypedDict):
    id: int
    name: str
    thumbnail: str
    preview: str
    width: int
    height: int
    alt: str
    is_decorative: bool
    caption: str
    credit: str
    """As readers see it."""
    credit_name: str
    """As it is stored."""
    is_composed: bool
    """Whether its credit is made from photographer and agency."""
    needs_credit: bool
    may_be_shown: bool
    usage_terms: str
    licence_url: str
    licence_until: str
    focus_x: float
    focus_y: float
    change_url: str


def details_of(image: Image, publication: Publication) -> Details:
    """What the form shows of the image, without queries."""
    small, large = plain_rendition(image, 320), plain_rendition(image, 960)
    until = image.licence_until
    return {
        "id": image.pk,
        "name": str(image),
        "thumbnail": small.get_absolute_url() if small else "",
        "preview": large.get_absolute_url() if large else "",
        "width": image.width,
        "height": image.height,
        "alt": image.alt_text,
        "is_decorative": image.is_decorative,
        "caption": " ".join(image.caption.split()),
        "credit": credit_text(image, publication),
        "credit_name": image.credit,
        "is_composed": image.photographer_id is not None or image.agency_id is not None,
        "needs_credit": not image.is_credited and not image.credit_exempt,
        "may_be_shown": image.may_be_shown,
        "usage_terms": image.usage_terms,
        "licence_url": image.licence_url,
        "licence_until": f"{timezone.localtime(until):%Y-%m-%dT%H:%M}" if until else "",
        "focus_x": image.focus_x,
        "focus_y": image.focus_y,
        "change_url": image.get_absolute_url(),
    }


def details(request: HttpRequest, number: int, site: AdminSite) -> HttpResponse:
    """GET: the details, where the image is used, and why it cannot be changed. POST: changes fields."""
    if not request.user.has_perm("articles.view_image"):
        raise PermissionDenied
    image = Image.objects.for_grid().filter(pk=number).first()
    if image is None:
        return JsonResponse({"message": IMAGE_DELETED}, status=404)
    reason = why_unchangeable(request, image)
    if request.method == "POST":
        if reason:
            return JsonResponse({"message": reason}, status=403)
        return retry_if_uncredited(request, lambda: _change(request, number))
    uses = uses_of(image)
    return JsonResponse(
        {
            **details_of(image, publication_of(request)),
            "uses": [{"label": use.label, "url": use.url} for use in uses[:MAX_USES]],
            "use_count": len(uses),
            "why_unchangeable": reason,
        }
    )


def why_unchangeable(request: HttpRequest, image: Image) -> str:
    """Why this user cannot change the image; empty if they can."""
    if not request.user.has_perm("articles.change_image"):
        return UNCHANGEABLE
    return hooks.why_readonly(request.user, image)


def _change(request: HttpRequest, number: int) -> HttpResponse:
    """Only the fields that were sent."""
    image = get_object_or_404(Image, pk=number)
    sent = [name for name in CHANGEABLE if name in request.POST]
    columns = [name for name in sent if name not in FOCUS]
    form_class = forms.modelform_factory(Image, form=ImageForm, fields=columns)
    form = form_class(request.POST, instance=image)
    for name in form.fields.keys() - {*sent, "seen"}:
        del form.fields[name]
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    values = {name: form.cleaned_data[name] for name in sent}
    # The form has set them on the instance, and `update_image` compares with the row.
    image.refresh_from_db()
    try:
        editing.update_image(image, by=request.user, **values)  # type: ignore[arg-type]
    except ValidationError as error:
        return JsonResponse({"errors": error.message_dict}, status=400)
    return JsonResponse(details_of(image, publication_of(request)))


@require_POST
def upload(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """A result for each file: its image, which may have been in the library before, or an error."""
    if not request.user.has_perms(["articles.add_image", "articles.view_image"]):
        raise PermissionDenied
    received = receive(request.FILES.getlist("pictures"), by=request.user)  # type: ignore[arg-type]
    return _respond(request, received)


@require_POST
def import_url(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Fetches an image of another site, as pasted text refers to it, and adds it to the library.

    The request never reaches the private network, and its size is limited like that of an upload.
    The editor waits for the image, so it is fetched here and not by a job, in a few seconds or not at all.
    """
    if not request.user.has_perms(["articles.add_image", "articles.view_image"]):
        raise PermissionDenied
    url = request.POST.get("url", "")[:2000]
    user = str(request.user.pk)
    if not count_and_allow("image imports", user, limit=MAX_IMPORTS, per=IMPORT_PERIOD):
        result = Received(url, None, TOO_MANY_IMPORTS, is_new=False)
        return JsonResponse({"results": [_result(request, result)]})
    try:
        found = safe_client.get_file(
            url,
            agent=f"IRIA/1.0 ({settings.SITE_URL})",
            most=settings.IMAGE_MAX_BYTES,
            seconds=IMPORT_SECONDS,
        )
    except safe_client.RequestFailed as error:
        logger.info("An image of a pasted text could not be fetched: %s", error)
        return JsonResponse(
            {"results": [_result(request, Received(url, None, NO_IMAGE_AT_URL, is_new=False))]}
        )
    name = unquote(urlsplit(url).path.rpartition("/")[2])[:100] or "image"
    file: File[bytes] = File(BytesIO(found), name=name)
    return _respond(request, receive([file], by=request.user))  # type: ignore[arg-type]


def _respond(request: HttpRequest, received: Iterable[Received]) -> HttpResponse:
    results = list(received)
    _log_additions(request.user, results)  # type: ignore[arg-type]
    return JsonResponse({"results": [_result(request, each) for each in results]})


def _log_additions(user: User, received: Iterable[Received]) -> None:
    new = [Image(pk=each.image.pk) for each in received if each.is_new and each.image]
    if new:
        LogEntry.objects.log_actions(user.pk, new, ADDITION, "Uploaded.", single_object=False)


def _result(request: HttpRequest, received: Received) -> dict[str, object]:
    shown = received.image and details_of(received.image, publication_of(request))
    return {
        "name": received.name,
        "message": received.message,
        "is_new": received.is_new,
        "image": shown,
    }

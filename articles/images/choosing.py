"""Choosing a picture for an article: a grid of the library with search, pages and upload.

The grid is at `/admin/articles/image/choose/`: a whole page for a reader without JavaScript, and
with `?fragment=1` only its inside, which `static/desk/pictures.js` puts into a dialog.

The script speaks in DOM events, so that whoever wants a picture needs to import nothing:

- dispatch `picture:ask` (bubbling) at any element, and the dialog opens; with `{several: true}` as
  its detail each picture is a switch, and a button gives all that are chosen;
- `picture:chosen` comes back at the same element, bubbling, with `event.detail`:
  `{id, thumbnail, alt, caption, credit, headline, width, height}`; all are strings as in the data
  attributes below; `caption` is the offered one, plain text; of several it is a list of these, in
  the order in which they were chosen;
- `picture:dismissed` comes back when the dialog was closed without a choice.

In the grid, each picture is a `<button class="picture-choice">` with `data-picture` (the id),
`data-thumbnail` (address of a small rendition, may be empty while none is made), `data-alt`,
`data-caption`, `data-credit`, `data-headline`, `data-width`, `data-height`; with `several` in the
address it has `aria-pressed` too. The whole page has a box to tick instead, and writes out the
gallery of all that are ticked (`images.gathering`).
"""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.images import gathering
from articles.images.finding import found
from articles.images.models import Image
from articles.images.showing import plain_rendition
from articles.images.uploading import MOST_AT_ONCE, Received, receive
from iria.kit.paging import page_of

PAGE_SIZE: Final = 24
LONG_PAGE_SIZE: Final = MOST_AT_ONCE + 10
"""Where several are chosen: all that were just brought in together stand on one page."""
MOST_LETTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A picture as the grid shows it."""

    image: Image
    thumbnail: str


def choose(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The grid; a POST takes files in and shows them first."""
    if not request.user.has_perm("articles.view_image"):
        raise PermissionDenied
    received: list[Received] = []
    if request.method == "POST":
        if not request.user.has_perm("articles.add_image"):
            raise PermissionDenied
        received = receive(request.FILES.getlist("pictures"), by=request.user)  # type: ignore[arg-type]
    return shown(request, site, received)


def shown(
    request: HttpRequest, site: AdminSite, received: list[Received], words: str | None = None
) -> HttpResponse:
    """The grid below what became of files that were sent; `words` take the place of those asked."""
    fragment = "fragment" in request.GET
    asked = request.GET.get("q", "") if words is None else words
    asked = asked.replace("\x00", "")[:MOST_LETTERS]
    pictures = found(Image.objects.for_grid(), asked)
    several = "several" in request.GET
    size = LONG_PAGE_SIZE if several or not fragment else PAGE_SIZE
    page = page_of(pictures, request.GET.get("page"), size=size)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Choose a picture",
        "received": received,
        "nothing_sent": request.method == "POST" and not received,
        "choices": [choice(image) for image in page],
        "page": page,
        "words": asked,
        "fragment": fragment,
        "several": several,
        **({} if fragment else gathering.gallery_context(request, page)),
        "may_add": request.user.has_perm("articles.add_image"),
        "most_at_once": MOST_AT_ONCE,
    }
    inner = "admin/articles/image/_chooser.html"
    return render(request, inner if fragment else "admin/articles/image/chooser.html", context)


def choice(image: Image) -> Choice:
    small = plain_rendition(image, 320)
    return Choice(image, small.get_absolute_url() if small else "")

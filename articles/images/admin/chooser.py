"""Choosing a picture for an article: a grid of the library with search, pages and upload.

The grid is at `/admin/articles/image/choose/`: a whole page for a reader without JavaScript, and
with `?fragment=1` only its inside, which `static/iria_admin/images.js` puts into a dialog.

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

Several pictures chosen on the page of the library without any script: a gallery, written out.

The boxes that are ticked travel in the address from page to page; the gallery comes as the markup
that the text of an article takes (docs/decisions/galleries.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.images.library.search import found
from articles.images.library.uploads import MOST_AT_ONCE, Received, receive
from articles.images.models import Image
from articles.images.srcset import plain_rendition
from iria.core.pagination import page_of

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
        **({} if fragment else gallery_context(request, page)),
        "may_add": request.user.has_perm("articles.add_image"),
        "most_at_once": MOST_AT_ONCE,
    }
    inner = "admin/articles/image/_chooser.html"
    return render(request, inner if fragment else "admin/articles/image/chooser.html", context)


def choice(image: Image) -> Choice:
    small = plain_rendition(image, 320)
    return Choice(image, small.get_absolute_url() if small else "")


MOST: Final = 100
LARGEST: Final = 2**63 - 1


def gallery_context(request: HttpRequest, page: Iterable[Image]) -> dict[str, Any]:
    """What the page shows of those that are chosen; in `elsewhere` those not on this page."""
    numbers = _numbers(request.GET.getlist("chosen"))
    here = {image.pk for image in page}
    wanted = "gallery" in request.GET
    gathered = _in_order(numbers) if wanted else []
    return {
        "chosen": numbers,
        "elsewhere": [number for number in numbers if number not in here],
        "gathered": gathered,
        "nothing_gathered": wanted and not gathered,
        "gallery": markup(gathered) if gathered else "",
        "most_gathered": MOST,
    }


def markup(images: list[Image]) -> SafeString:
    """A gallery, or the figure of the one picture, with the captions that the library offers."""
    figures = format_html_join(
        "\n",
        '<figure data-image="{}"><figcaption>{}</figcaption></figure>',
        ((image.pk, " ".join(image.caption.split())) for image in images),
    )
    if len(images) == 1:
        return figures
    return format_html("<figure data-gallery>\n{}\n<figcaption></figcaption></figure>", figures)


def _numbers(said: list[str]) -> list[int]:
    found = (int(each) for each in said if each.isdecimal() and each.isascii() and len(each) < 20)
    return list(dict.fromkeys(number for number in found if number <= LARGEST))[:MOST]


def _in_order(numbers: list[int]) -> list[Image]:
    by_number = Image.objects.only("pk", "caption").in_bulk(numbers)
    return [by_number[number] for number in numbers if number in by_number]

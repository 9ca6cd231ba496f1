"""The image chooser: a grid of the library with search, pages and upload.

The grid is at `/admin/articles/image/choose/`: a whole page without JavaScript, and with
`?fragment=1` only its content, which `static/iria_admin/images.js` puts into a dialog.

The script uses DOM events, so that other scripts need no import:

- dispatch `picture:ask` (bubbling) at any element to open the dialog; with `{several: true}` as
  its detail each image is a toggle, and a button returns all selected images;
- `picture:chosen` is dispatched at the same element, bubbling, with `event.detail`:
  `{id, thumbnail, alt, caption, credit, headline, width, height}`; all are strings as in the data
  attributes below; `caption` is plain text; for several images it is a list of these, in the order
  of selection;
- `picture:dismissed` is dispatched when the dialog is closed without a choice.

In the grid, each image is a `<button class="image-choice">` with `data-picture` (the id),
`data-thumbnail` (URL of a small rendition, empty until there is one), `data-alt`, `data-caption`,
`data-credit`, `data-headline`, `data-width`, `data-height`; with `several` in the URL it has
`aria-pressed` too.

The page without JavaScript has check boxes instead. Selected ids stay in the query string from page
to page, and the gallery is shown as markup to copy (docs/decisions/figures.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from articles.images.admin.filters import CollectionFilter, UsageFilter, search
from articles.images.library.uploads import MAX_FILES, Received, receive
from articles.images.models import Image
from articles.images.srcset import plain_rendition
from iria.core.http.urls import parse_id
from iria.core.pagination import page_of

FILTERS: Final[tuple[Any, ...]] = (UsageFilter, CollectionFilter)
"""Those of the library that help to choose."""
PAGE_SIZE: Final = 24
LONG_PAGE_SIZE: Final = MAX_FILES + 10
"""For several images: all that were just uploaded together fit on one page."""
MAX_QUERY_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """An image as the grid shows it."""

    image: Image
    thumbnail: str


def choose(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The grid; a POST uploads files and shows them first."""
    if not request.user.has_perm("articles.view_image"):
        raise PermissionDenied
    received: list[Received] = []
    if request.method == "POST":
        if not request.user.has_perm("articles.add_image"):
            raise PermissionDenied
        received = receive(request.FILES.getlist("pictures"), by=request.user)  # type: ignore[arg-type]
    return render_chooser(request, site, received)


def render_chooser(
    request: HttpRequest, site: AdminSite, received: list[Received], query: str | None = None
) -> HttpResponse:
    """The grid below the results of an upload; `query` replaces that of the request."""
    fragment = "fragment" in request.GET
    query = request.GET.get("q", "") if query is None else query
    query = query.replace("\x00", "")[:MAX_QUERY_LENGTH]
    chosen_filters = [each(request, dict(request.GET.lists()), Image, None) for each in FILTERS]
    found: Any = Image.objects.for_grid()
    for each in chosen_filters:
        found = each.queryset(request, found)
    images = search(found, query)
    filter_values = [
        ("q", query),
        *((each.parameter_name, each.value()) for each in chosen_filters),
    ]
    several = "several" in request.GET
    size = LONG_PAGE_SIZE if several or not fragment else PAGE_SIZE
    page = page_of(images, request.GET.get("page"), size=size)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Choose an image",
        "received": received,
        "nothing_sent": request.method == "POST" and not received,
        "choices": [choice(image) for image in page],
        "page": page,
        "query": query,
        "filters": chosen_filters,
        "is_filtered": any(each.value() for each in chosen_filters),
        "narrowed_by": urlencode({name: value for name, value in filter_values if value}),
        "fragment": fragment,
        "upload_url": reverse("admin:articles_image_choose", query=_query(fragment, several)),
        "several": several,
        **({} if fragment else gallery_context(request, page)),
        "may_add": request.user.has_perm("articles.add_image"),
        "most_at_once": MAX_FILES,
    }
    inner = "admin/articles/image/_chooser.html"
    return render(request, inner if fragment else "admin/articles/image/chooser.html", context)


def _query(fragment: bool, several: bool) -> dict[str, str]:
    return {name: "1" for name, on in (("fragment", fragment), ("several", several)) if on}


def choice(image: Image) -> Choice:
    small = plain_rendition(image, 320)
    return Choice(image, small.get_absolute_url() if small else "")


MAX_SELECTED: Final = 100


def gallery_context(request: HttpRequest, page: Iterable[Image]) -> dict[str, Any]:
    """The selected images; `elsewhere` has those that are not on this page."""
    numbers = _numbers(request.GET.getlist("chosen"))
    on_page = {image.pk for image in page}
    is_requested = "gallery" in request.GET
    selected = _in_order(numbers) if is_requested else []
    return {
        "chosen": numbers,
        "elsewhere": [number for number in numbers if number not in on_page],
        "selected": selected,
        "nothing_selected": is_requested and not selected,
        "gallery": gallery_markup(selected) if selected else "",
        "most_selected": MAX_SELECTED,
    }


def gallery_markup(images: list[Image]) -> SafeString:
    """A gallery, or the figure of a single image, with the captions of the library."""
    figures = format_html_join(
        "\n",
        '<figure data-image="{}"><figcaption>{}</figcaption></figure>',
        ((image.pk, " ".join(image.caption.split())) for image in images),
    )
    if len(images) == 1:
        return figures
    return format_html("<figure data-gallery>\n{}\n<figcaption></figcaption></figure>", figures)


def _numbers(values: list[str]) -> list[int]:
    return list(dict.fromkeys(filter(None, map(parse_id, values))))[:MAX_SELECTED]


def _in_order(numbers: list[int]) -> list[Image]:
    by_number = Image.objects.only("pk", "caption").in_bulk(numbers)
    return [by_number[number] for number in numbers if number in by_number]

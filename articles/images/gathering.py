"""Several pictures chosen on the page of the library without any script: a gallery, written out.

The boxes that are ticked travel in the address from page to page; the gallery comes as the markup
that the text of an article takes (docs/decisions/galleries.md).
"""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.images.models import Image

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

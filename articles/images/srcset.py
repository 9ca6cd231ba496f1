"""Images as HTML, computed from their own rows, from templates/articles/images/."""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from articles.body.captions import safe_caption
from articles.images.credit_line import credit_line, short_credit
from articles.images.models import Image
from articles.images.models.image import Files
from articles.images.processing.rendition_sizes import CARD, PREVIEW, SQUARE
from iria.core.rendering import render_fragment
from iria.core.text.language import direction_of, interface_language
from iria.publication.models import Publication

MEDIA_TYPES: Final = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpeg": "image/jpeg",
    "png": "image/png",
}


@dataclass(frozen=True, slots=True)
class RenditionUse:
    """How an image is used: its width on the page, its shape, and whether it loads at once."""

    sizes: str
    widest: int
    """Width of the file in `src`."""
    most: int = 1920
    """Width of the widest file: what a screen with two pixels per CSS pixel shows."""
    eager: bool = False
    shape: str = ""
    moves: bool = False
    """Whether an animation plays, unless the reader prefers reduced motion."""


FROM_TEXT_TO_EDGE: Final = "(min-width: 89rem) 61rem, (min-width: 62rem) 70vw, 100vw"
"""The width from the edge of the text to the edge of the page."""

USES: Final = {
    "thumb": RenditionUse("15rem", 320, 640),
    "portrait": RenditionUse("6rem", 160, 320, shape=SQUARE),
    "face": RenditionUse("2.75rem", 160, 320, shape=SQUARE),
    "card portrait": RenditionUse("9rem", 160, 320, shape=SQUARE),
    "card": RenditionUse("(min-width: 48rem) 17rem, 7rem", 640, 640, shape=CARD),
    "card lead": RenditionUse(
        "(min-width: 62rem) 40rem, (min-width: 48rem) 62vw, 100vw", 1280, eager=True, shape=CARD
    ),
    "card section lead": RenditionUse(
        "(min-width: 62rem) 46rem, 94vw", 1280, eager=True, shape=CARD
    ),
    "card major": RenditionUse(
        "(min-width: 62rem) 46rem, (min-width: 48rem) 56vw, 94vw", 1280, shape=CARD
    ),
    "card minor": RenditionUse(
        "(min-width: 62rem) 19rem, (min-width: 48rem) 46vw, 94vw", 640, 1280, shape=CARD
    ),
    "card thumb": RenditionUse("(min-width: 48rem) 11rem, 7rem", 320, 640, shape=CARD),
    "card small": RenditionUse(
        "(min-width: 62rem) 19rem, (min-width: 48rem) 46vw, 7rem", 640, 960, shape=CARD
    ),
    "card related": RenditionUse(
        "(min-width: 64rem) 18rem, (min-width: 36rem) 46vw, 8rem", 640, 960, shape=CARD
    ),
    "inline": RenditionUse("(min-width: 44rem) 42rem, 94vw", 960, moves=True),
    "gallery": RenditionUse("(min-width: 44rem) 20rem, 94vw", 640, moves=True),
    "gallery wide": RenditionUse("(min-width: 44rem) 20rem, 94vw", 640, moves=True),
    "gallery full": RenditionUse("(min-width: 44rem) 30rem, 94vw", 960, moves=True),
    "large": RenditionUse("100vw", 1920, eager=True, moves=True),
    "wide": RenditionUse(FROM_TEXT_TO_EDGE, 1280, moves=True),
    "full": RenditionUse(FROM_TEXT_TO_EDGE, 1280, moves=True),
    "lead": RenditionUse(FROM_TEXT_TO_EDGE, 1280, eager=True, moves=True),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One format of the image in all its widths."""

    media_type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class ImageAttributes:
    """The attributes of a `<picture>` and its `<img>`."""

    sources: tuple[Source, ...]
    src: str
    srcset: str
    """Empty if browsers find a better format in `sources`: those that read neither are older than 2021."""
    sizes: str
    width: int
    height: int
    alt: str
    loading: str
    fetchpriority: str
    moving: Source | None = None
    """The animation, if it plays; everything else is its still."""


class RenditionFile(NamedTuple):
    """One rendition as listed in the image's row (`Image.sizes`)."""

    format: str
    width: int
    height: int
    name: str
    bytes: int
    shape: str = ""
    moving: bool = False
    admin_only: bool = False

    def get_absolute_url(self) -> str:
        return f"{_url_prefix(self.admin_only)}{self.name}"


def image_attributes(image: Image, use: str) -> ImageAttributes | None:
    """The values for one use of an image, or None while it has no renditions.

    The image's row lists its files, so no query is needed. While the renditions of the use's shape
    do not exist yet, the uncropped ones are used.
    """
    files = image.sizes
    if not isinstance(files, Files):  # a row that was not read from the database
        return _values(image, use)
    moving = USES[use].moves and image.is_animated
    key = (use, image.alt, image.may_be_served, moving)
    if key not in files.cached:
        files.cached[key] = _values(image, use)
    values: ImageAttributes | None = files.cached[key]
    return values


def _values(image: Image, use: str) -> ImageAttributes | None:
    wanted = USES[use]
    by_format = _by_format(image, wanted.shape) or _by_format(image, "")
    plain = next((form for form in ("jpeg", "png", "webp", "avif") if by_format.get(form)), None)
    if plain is None:
        return None
    fallback = _fitting(by_format[plain], wanted.widest)
    sources = tuple(
        Source(MEDIA_TYPES[form], _srcset(by_format[form], wanted.most))
        for form in ("avif", "webp")
        if form != plain and by_format.get(form)
    )
    return ImageAttributes(
        sources=sources,
        src=fallback.get_absolute_url(),
        srcset="" if sources else _srcset(by_format[plain], wanted.most),
        sizes=wanted.sizes,
        width=fallback.width,
        height=fallback.height,
        alt=image.alt,
        loading="eager" if wanted.eager else "lazy",
        fetchpriority="high" if wanted.eager else "auto",
        moving=_moving(image) if wanted.moves and image.is_animated else None,
    )


def _moving(image: Image) -> Source | None:
    for form, files in _by_format(image, "", moving=True).items():
        return Source(MEDIA_TYPES[form], files[-1].get_absolute_url())
    return None


def plain_rendition(image: Image, widest: int = 1280) -> RenditionFile | None:
    """A JPEG or PNG without animation, for e-mail and feeds."""
    plain = plain_files(image)
    return _fitting(plain, widest) if plain else None


def preview_rendition(image: Image) -> RenditionFile | None:
    """The file for link previews in their shape, or uncropped."""
    cut = plain_files(image, PREVIEW)
    return cut[-1] if cut else plain_rendition(image)


def plain_files(image: Image, shape: str = "") -> list[RenditionFile]:
    """JPEG or PNG files without animation, the narrowest first."""
    by_format = _by_format(image, shape)
    return by_format.get("jpeg") or by_format.get("png") or []


def _by_format(image: Image, shape: str, *, moving: bool = False) -> dict[str, list[RenditionFile]]:
    """Its files of one shape, from the narrowest to the widest in each format.

    Files of an image that may not be served get admin URLs, which only signed-in staff can open.
    """
    admin_only = not image.may_be_served
    found: dict[str, list[RenditionFile]] = {}
    for form, width, height, name, size, cut, moves in image.sizes:
        if cut == shape and moves is moving:
            file = RenditionFile(form, width, height, name, size, cut, moves, admin_only)
            found.setdefault(form, []).append(file)
    return found


def _fitting(files: list[RenditionFile], widest: int) -> RenditionFile:
    """The widest one within the limit, or the narrowest."""
    return next((each for each in reversed(files) if each.width <= widest), files[0])


def _srcset(files: list[RenditionFile], most: int) -> str:
    prefix = _url_prefix(files[0].admin_only)
    fitting = [each for each in files if each.width <= most] or files[:1]
    return ", ".join(f"{prefix}{each.name} {each.width}w" for each in fitting)


@cache
def _url_prefix(admin_only: bool) -> str:
    """The URL of renditions up to their name; cached, since a front page needs hundreds."""
    example = "x.jpeg"
    name = "admin:articles_image_file" if admin_only else "rendition"
    return reverse(name, args=[example]).removesuffix(example)


def picture_html(values: ImageAttributes | None, alt: str | None = None) -> SafeString:
    """The `<picture>` element; empty while the image has no renditions.

    Args:
        alt: instead of the image's own alternative text.
    """
    if values is None:
        return SafeString("")
    alt_text = values.alt if alt is None else alt
    return render_fragment("articles/images/_picture.html", image=values, alt=alt_text)


def small_image_html(image: Image, use: str = "card", *, has_credit: bool = False) -> SafeString:
    """A small image in a list. The entry it belongs to is a link already.

    Args:
        has_credit: whether its credit is below it; otherwise it is at the foot of the page.
    """
    values = image_attributes(image, use)
    credit = short_credit(image) if has_credit else ""
    return render_fragment("articles/images/_with_credit.html", image=values, credit=credit)


def caption_html(image: Image, caption: str, publication: Publication) -> SafeString:
    """The `figcaption`: caption, credit and long description; an empty text without any of them.

    Args:
        caption: of this use, as HTML.
    """
    return render_fragment(
        "articles/images/_caption.html",
        caption=SafeString(safe_caption(caption)),
        credit=credit_line(image, publication),
        description=image.extended_description.strip(),
        **_interface(),
    )


def unavailable_html(caption: str, classes: str = "figure figure-normal") -> SafeString:
    """A figure without its image. Its credit is hidden with it.

    Args:
        caption: of this use, as HTML.
        classes: that the figure would have with its image.
    """
    return render_fragment(
        "articles/images/_unavailable.html",
        caption=SafeString(safe_caption(caption)),
        classes=classes,
        **_interface(),
    )


def figure_html(
    values: ImageAttributes | None, alt: str, caption: SafeString, classes: str, url: str
) -> SafeString:
    """A figure in a text; nothing while no size of the image is ready.

    Args:
        alt: of this use.
        caption: the `figcaption`.
        url: of the full-size view, or nothing where there is none.
    """
    if values is None:
        return SafeString("")
    return render_fragment(
        "articles/images/_figure.html",
        image=values,
        alt=alt,
        caption=caption,
        classes=classes,
        url=url,
    )


def gallery_html(figures: str, caption: str, width: str) -> SafeString:
    """Several figures side by side; `figures` and `caption` are safe HTML."""
    return render_fragment(
        "articles/images/_gallery.html",
        figures=SafeString(figures),
        caption=SafeString(caption),
        width=width,
    )


def _interface() -> dict[str, str]:
    """`lang` and `dir` for interface text within a text."""
    code = interface_language()
    return {"language": code, "direction": direction_of(code)}

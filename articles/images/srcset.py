"""What a template needs to show a picture, computed from the picture's own row."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from django.urls import reverse

from articles.images.models import Image
from articles.images.models.image import Files
from articles.images.processing.rendition_sizes import CARD, PREVIEW, SQUARE

MEDIA_TYPES: Final = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpeg": "image/jpeg",
    "png": "image/png",
}


@dataclass(frozen=True, slots=True)
class RenditionUse:
    """How a picture is used: how wide it is on the page, in which shape, whether it is seen at once."""

    sizes: str
    widest: int
    """Of the one file that is named for browsers that choose none themselves."""
    at_once: bool = False
    shape: str = ""
    moves: bool = False
    """Whether an animation plays there, for those who have not asked for less motion."""


USES: Final = {
    "thumb": RenditionUse("15rem", 320),
    "portrait": RenditionUse("9rem", 160, shape=SQUARE),
    "card": RenditionUse(
        "(min-width: 64rem) 19rem, (min-width: 40rem) 31vw, 94vw", 640, shape=CARD
    ),
    "card lead": RenditionUse("(min-width: 64rem) 48rem, 94vw", 1280, at_once=True, shape=CARD),
    "card first": RenditionUse(
        "(min-width: 64rem) 34rem, (min-width: 44rem) 46vw, 94vw", 640, shape=CARD
    ),
    "card second": RenditionUse("8.5rem", 320, shape=CARD),
    "card related": RenditionUse(
        "(min-width: 64rem) 18rem, (min-width: 36rem) 46vw, 8rem", 640, shape=CARD
    ),
    "inline": RenditionUse("(min-width: 44rem) 42rem, 94vw", 960, moves=True),
    "gallery": RenditionUse("(min-width: 44rem) 19rem, 94vw", 640, moves=True),
    "gallery wide": RenditionUse(
        "(min-width: 68rem) 20rem, (min-width: 44rem) 46vw, 94vw", 640, moves=True
    ),
    "gallery full": RenditionUse(
        "(min-width: 80rem) 26rem, (min-width: 44rem) 46vw, 94vw", 960, moves=True
    ),
    "large": RenditionUse("100vw", 1920, at_once=True, moves=True),
    "wide": RenditionUse("(min-width: 68rem) 64rem, 94vw", 1280, moves=True),
    "full": RenditionUse("100vw", 1280, moves=True),
    "lead": RenditionUse("(min-width: 68rem) 66rem, 100vw", 1280, at_once=True, moves=True),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One format of the picture in all its widths."""

    media_type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class ImageAttributes:
    """The attributes of a `<picture>` and its `<img>`."""

    sources: tuple[Source, ...]
    src: str
    srcset: str
    sizes: str
    width: int
    height: int
    alt: str
    loading: str
    fetchpriority: str
    moving: Source | None = None
    """The animation, where it plays; everything else is its still then."""


class PictureFile(NamedTuple):
    """One rendition as the picture's own row knows it (`Image.sizes`)."""

    format: str
    width: int
    height: int
    name: str
    bytes: int
    shape: str = ""
    moving: bool = False
    desk_only: bool = False

    def get_absolute_url(self) -> str:
        return f"{_place(self.desk_only)}{self.name}"


def picture_values(image: Image, use: str) -> ImageAttributes | None:
    """The values for one use of a picture, or None while nothing of it can be shown.

    The picture's row says which files there are; the database is not asked. Where those of the
    use's shape are not made yet, the whole picture stands in for them.
    """
    files = image.sizes
    if not isinstance(files, Files):  # a row that was not read from the database
        return _values(image, use)
    moving = USES[use].moves and image.is_moving
    key = (use, image.alt, image.may_be_served, moving)
    if key not in files.drawn:
        files.drawn[key] = _values(image, use)
    values: ImageAttributes | None = files.drawn[key]
    return values


def _values(image: Image, use: str) -> ImageAttributes | None:
    wanted = USES[use]
    by_format = _by_format(image, wanted.shape) or _by_format(image, "")
    plain = next((form for form in ("jpeg", "png", "webp", "avif") if by_format.get(form)), None)
    if plain is None:
        return None
    fallback = _fitting(by_format[plain], wanted.widest)
    return ImageAttributes(
        sources=tuple(
            Source(MEDIA_TYPES[form], _srcset(by_format[form]))
            for form in ("avif", "webp")
            if form != plain and by_format.get(form)
        ),
        src=fallback.get_absolute_url(),
        srcset=_srcset(by_format[plain]),
        sizes=wanted.sizes,
        width=fallback.width,
        height=fallback.height,
        alt=image.alt,
        loading="eager" if wanted.at_once else "lazy",
        fetchpriority="high" if wanted.at_once else "auto",
        moving=_moving(image) if wanted.moves and image.is_moving else None,
    )


def _moving(image: Image) -> Source | None:
    for form, files in _by_format(image, "", moving=True).items():
        return Source(MEDIA_TYPES[form], files[-1].get_absolute_url())
    return None


def plain_rendition(image: Image, widest: int = 1280) -> PictureFile | None:
    """One file in a format that everything understands, and that moves nowhere: for mail and feeds."""
    plain = plain_files(image)
    return _fitting(plain, widest) if plain else None


def preview_rendition(image: Image) -> PictureFile | None:
    """The file for previews elsewhere, in the shape they have; the whole picture where none is cut."""
    cut = plain_files(image, PREVIEW)
    return cut[-1] if cut else plain_rendition(image)


def plain_files(image: Image, shape: str = "") -> list[PictureFile]:
    """The picture's stills in the format that everything understands, the narrowest first."""
    by_format = _by_format(image, shape)
    return by_format.get("jpeg") or by_format.get("png") or []


def whole_stills(sizes: Iterable[Any]) -> list[PictureFile]:
    """Of a picture's list of files those that show all of it, and one moment of it."""
    files = (PictureFile(*row) for row in sizes)
    return [file for file in files if not file.shape and not file.moving]


def _by_format(image: Image, shape: str, *, moving: bool = False) -> dict[str, list[PictureFile]]:
    """Its files of one shape, from the narrowest to the widest in each format.

    Files of a picture that may not be had are named as the desk has them: who is signed in there
    sees them, and nobody else.
    """
    desk_only = not image.may_be_served
    found: dict[str, list[PictureFile]] = {}
    for form, width, height, name, size, cut, moves in image.sizes:
        if cut == shape and moves is moving:
            file = PictureFile(form, width, height, name, size, cut, moves, desk_only)
            found.setdefault(form, []).append(file)
    return found


def _fitting(files: list[PictureFile], widest: int) -> PictureFile:
    """The widest one not above the wish, or the narrowest there is."""
    return next((each for each in reversed(files) if each.width <= widest), files[0])


def _srcset(files: list[PictureFile]) -> str:
    place = _place(files[0].desk_only)
    return ", ".join(f"{place}{each.name} {each.width}w" for each in files)


@cache
def _place(desk_only: bool) -> str:
    """Where every rendition is, up to its name; asked once, since a front page names hundreds."""
    example = "x.jpeg"
    name = "admin:articles_image_file" if desk_only else "rendition"
    return reverse(name, args=[example]).removesuffix(example)

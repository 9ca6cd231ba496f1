"""What a template needs to show a picture, computed from the picture's own row."""

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from django.urls import reverse

from articles.images.models import Image

MEDIA_TYPES: Final = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpeg": "image/jpeg",
    "png": "image/png",
}


@dataclass(frozen=True, slots=True)
class Use:
    """How a picture is used: how wide it is on the page, and whether it is seen at once."""

    sizes: str
    widest: int
    """Of the one file that is named for browsers that choose none themselves."""
    at_once: bool = False


USES: Final = {
    "thumb": Use("15rem", 320),
    "portrait": Use("8rem", 320),
    "card": Use("(min-width: 64rem) 22rem, (min-width: 40rem) 46vw, 94vw", 640),
    "inline": Use("(min-width: 44rem) 42rem, 94vw", 960),
    "gallery": Use("(min-width: 44rem) 19rem, 94vw", 640),
    "gallery wide": Use("(min-width: 68rem) 20rem, (min-width: 44rem) 46vw, 94vw", 640),
    "gallery full": Use("(min-width: 80rem) 26rem, (min-width: 44rem) 46vw, 94vw", 960),
    "large": Use("100vw", 1920, at_once=True),
    "wide": Use("(min-width: 68rem) 64rem, 94vw", 1280),
    "full": Use("100vw", 1280),
    "lead": Use("(min-width: 68rem) 64rem, 94vw", 1280, at_once=True),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One format of the picture in all its widths."""

    media_type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class PictureValues:
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


class PictureFile(NamedTuple):
    """One rendition as the picture's own row knows it (`Image.sizes`)."""

    format: str
    width: int
    height: int
    name: str
    bytes: int
    shape: str = ""
    moving: bool = False

    def get_absolute_url(self) -> str:
        return f"{_place()}{self.name}"


def picture_values(image: Image, use: str) -> PictureValues | None:
    """The values for one use of a picture, or None while nothing of it can be shown.

    The picture's row says which files there are; the database is not asked.
    """
    wanted = USES[use]
    by_format = _by_format(image)
    plain = next((form for form in ("jpeg", "png", "webp", "avif") if by_format.get(form)), None)
    if plain is None:
        return None
    fallback = _fitting(by_format[plain], wanted.widest)
    return PictureValues(
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
    )


def plain_rendition(image: Image, widest: int = 1280) -> PictureFile | None:
    """One file in a format that everything understands: for mail, feeds and previews elsewhere."""
    plain = plain_files(image)
    return _fitting(plain, widest) if plain else None


def plain_files(image: Image) -> list[PictureFile]:
    """The picture's files in the format that everything understands, the narrowest first."""
    by_format = _by_format(image)
    return by_format.get("jpeg") or by_format.get("png") or []


def _by_format(image: Image) -> dict[str, list[PictureFile]]:
    found: dict[str, list[PictureFile]] = {}
    for row in image.sizes:
        file = PictureFile(*row)
        if not file.shape and not file.moving:
            found.setdefault(file.format, []).append(file)
    return found


def _fitting(files: list[PictureFile], widest: int) -> PictureFile:
    """The widest one not above the wish, or the narrowest there is."""
    return next((each for each in reversed(files) if each.width <= widest), files[0])


def _srcset(files: list[PictureFile]) -> str:
    place = _place()
    return ", ".join(f"{place}{each.name} {each.width}w" for each in files)


@cache
def _place() -> str:
    """Where every rendition is, up to its name; asked once, since a front page names hundreds."""
    example = "x.jpeg"
    return reverse("rendition", args=[example]).removesuffix(example)

"""Photographs written by ExifTool: every field, block, container, character set and conflict."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

from PIL import Image

from tests.exiftool import ExifTool

FORMS: Final = ("jpeg", "png", "webp", "avif", "tiff")
CHARSETS: Final = ("utf8 declared", "utf8", "latin1 declared", "latin1", "cp1252", "mac")
SITUATIONS: Final = (
    *("iim", "xmp", "exif", "iim+exif"),
    *("agreeing", "agreeing right", "agreeing wrong"),
    *("contradicting", "contradicting right", "contradicting wrong", "contradicting unknown"),
)
"""The blocks, whether they agree, and whether the digest of IIM is right."""

WITHOUT_IIM: Final = ("webp", "avif")
"""Containers without IIM."""
WITHOUT_DIGEST: Final = (*WITHOUT_IIM, "png")

_EXIFTOOL_NAMES: Final = {"utf8": "UTF8", "latin1": "Latin", "cp1252": "Latin", "mac": "MacRoman"}
_DECLARATIONS: Final = {"utf8 declared": "\x1b%G", "latin1 declared": "\x1b.A"}
_DIGESTS: Final = {"right": "new", "wrong": "1" * 32, "unknown": "0" * 32}

XMP_TAGS: Final = {
    "headline": "XMP-photoshop:Headline",
    "title": "XMP-dc:Title",
    "caption": "XMP-dc:Description",
    "byline": "XMP-dc:Creator",
    "credit": "XMP-photoshop:Credit",
    "source": "XMP-photoshop:Source",
    "copyright": "XMP-dc:Rights",
    "city": "XMP-photoshop:City",
    "country": "XMP-photoshop:Country",
    "keywords": "XMP-dc:Subject",
    "taken": "XMP-photoshop:DateCreated",
    "usage_terms": "XMP-xmpRights:UsageTerms",
    "alt_text": "XMP-iptcCore:AltTextAccessibility",
    "extended_description": "XMP-iptcCore:ExtDescrAccessibility",
    "persons": "XMP-iptcExt:PersonInImage",
    "licence": "XMP-xmpRights:WebStatement",
    "licensor": "XMP-plus:LicensorName",
    "licensor_url": "XMP-plus:LicensorURL",
    "digital_source_type": "XMP-iptcExt:DigitalSourceType",
}
IIM_TAGS: Final = {
    "headline": "IPTC:Headline",
    "title": "IPTC:ObjectName",
    "caption": "IPTC:Caption-Abstract",
    "byline": "IPTC:By-line",
    "credit": "IPTC:Credit",
    "source": "IPTC:Source",
    "copyright": "IPTC:CopyrightNotice",
    "city": "IPTC:City",
    "country": "IPTC:Country-PrimaryLocationName",
    "keywords": "IPTC:Keywords",
    "taken": "IPTC:DateCreated",
}
EXIF_TAGS: Final = {
    "caption": "EXIF:ImageDescription",
    "byline": "EXIF:Artist",
    "copyright": "EXIF:Copyright",
    "taken": "EXIF:DateTimeOriginal",
}
BLOCKS: Final = {"xmp": XMP_TAGS, "iim": IIM_TAGS, "exif": EXIF_TAGS}


@dataclass(frozen=True, slots=True)
class Case:
    """One photograph."""

    form: str
    charset: str
    situation: str
    words: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.form}, {self.charset}, {self.situation}, {self.words['city']}"

    @property
    def blocks(self) -> tuple[str, ...]:
        first = self.situation.split()[0]
        wanted = ("xmp", "iim", "exif") if first[0] in "ac" else tuple(first.split("+"))
        return tuple(each for each in wanted if each != "iim" or self.form not in WITHOUT_IIM)

    @property
    def digest(self) -> str:
        return "" if self.form in WITHOUT_DIGEST else self.situation.partition(" ")[2]

    def value(self, block: str, field: str) -> Any:
        """The value of a field in a block; times in ISO 8601."""
        value = self.words[field]
        if not self.situation.startswith("contradicting"):
            return value
        if field == "taken":
            return value.replace("2026", {"xmp": "2025", "iim": "2024", "exif": "2023"}[block])
        if field in {"licence", "licensor_url", "digital_source_type"}:
            return value
        return (
            [f"{part} {block}" for part in value] if isinstance(value, list) else f"{value} {block}"
        )

    def expected(self) -> dict[str, tuple[Any, str]]:
        """Field → expected value and block, by the rules in docs/algorithms/image-metadata.md."""
        order = ["iim", "xmp"] if self.digest == "wrong" else ["xmp", "iim"]
        if self.situation.startswith("agreeing") and self.digest == "wrong":
            order = ["xmp", "iim"]  # equal values are no conflict
        found = {}
        for field in XMP_TAGS:
            ranked = ["exif", *order] if field == "taken" else [*order, "exif"]
            if field == "taken" and self.digest == "wrong":
                ranked = ["exif", "iim", "xmp"]
            says = [each for each in ranked if each in self.blocks and field in BLOCKS[each]]
            if says:
                found[field] = (self.value(says[0], field), says[0])
        return found


def cases(words: list[dict[str, Any]]) -> list[Case]:
    """All cases whose character set can encode the text."""
    return [
        Case(form, charset, situation, each)
        for each in words
        for form, charset, situation in product(FORMS, CHARSETS, SITUATIONS)
        if _has_all(charset, each) and Case(form, charset, situation, each).blocks
    ]


def _has_all(charset: str, words: dict[str, Any]) -> bool:
    python = {"latin1": "latin-1", "cp1252": "cp1252", "mac": "mac_roman"}
    name = charset.split()[0]
    try:
        str(words).encode(python.get(name, "utf-8"))
    except UnicodeEncodeError:
        return False
    return True


def write(case: Case, path: Path, tool: ExifTool) -> None:
    """Writes the photograph to a file."""
    Image.new("RGB", (8, 8), "teal").save(path, case.form)
    charset = _EXIFTOOL_NAMES[case.charset.split()[0]]
    order = ["-m", "-charset", f"iptc={charset}", "-charset", f"exif={charset}"]
    if "iim" in case.blocks and case.charset in _DECLARATIONS:
        order.append(f"-IPTC:CodedCharacterSet#={_DECLARATIONS[case.charset]}")
    for block in case.blocks:
        for field, tag in BLOCKS[block].items():
            order += _arguments(block, field, tag, case.value(block, field))
    if "exif" in case.blocks:
        order.append("-EXIF:Orientation#=6")
    if "iim" in case.blocks and case.digest:
        order.append(f"-Photoshop:IPTCDigest={_DIGESTS[case.digest]}")
    order.append(f"-ExifByteOrder={'MM' if len(case.charset) % 2 else 'II'}")
    answer = tool.ask(*order, "-overwrite_original", str(path))
    assert "1 image files updated" in answer, answer


def _arguments(block: str, field: str, tag: str, value: Any) -> list[str]:
    if field == "taken":
        day, clock, zone = value[:10], value[11:19], value[19:]
        if block == "iim":
            return [f"-{tag}={day}", f"-IPTC:TimeCreated={clock}{zone}"]
        if block == "exif":
            return [f"-{tag}={day} {clock}", f"-EXIF:OffsetTimeOriginal={zone}"]
        return [f"-{tag}={day} {clock}{zone}"]
    if isinstance(value, list):
        joined = block == "exif"
        return [f"-{tag}={'; '.join(value)}"] if joined else [f"-{tag}={each}" for each in value]
    return [f"-{tag}={value}"]

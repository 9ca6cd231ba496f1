"""Why a picture is not taken in, and what to do: a sentence for whoever sent it.

Apart from the modules that raise them, since a web process reads them and never loads a decoder.

What a file is, from its first bytes; its name and the browser's word count for nothing.
"""

from dataclasses import dataclass
from typing import Final

SAVE_SMALLER: Final = "save it smaller and upload that."
BROKEN: Final = "This picture is broken or cut off and cannot be read; export or copy it again."
TOO_MUCH: Final = "This picture takes too much memory or time to open; export it again, smaller."
RAW: Final = "This is a camera's raw file; develop it, export it as JPEG and upload that."
GROWING: Final = (
    "This animation grows beyond the pixels we take in; make it smaller, or upload a still."
)
UNUSUAL: Final = (
    "This TIFF is broken, or holds its pixels in a way we cannot read; save it as an RGB or CMYK "
    "file of 8 or 16 bits a channel, or as JPEG, and upload that."
)
TOO_LONG: Final = "This picture takes too long to open; export it again, perhaps smaller."
NO_ROOM: Final = "There is no room left on the server's disk; tell whoever looks after it."
HDR: Final = (
    "This is an HDR picture, brighter than the screens of most readers; export it in standard "
    "range (SDR, sRGB) and upload that."
)


HEAD_LENGTH: Final = 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of picture that is taken in."""

    name: str
    media_type: str
    suffix: str
    plugin: str
    """Pillow's name of the format, and of the one module that may open it."""


JPEG: Final = Kind("JPEG", "image/jpeg", ".jpg", "Jpeg")
PNG: Final = Kind("PNG", "image/png", ".png", "Png")
GIF: Final = Kind("GIF", "image/gif", ".gif", "Gif")
WEBP: Final = Kind("WebP", "image/webp", ".webp", "WebP")
AVIF: Final = Kind("AVIF", "image/avif", ".avif", "Avif")
TIFF: Final = Kind("TIFF", "image/tiff", ".tif", "Tiff")

KINDS: Final = (JPEG, PNG, GIF, WEBP, AVIF, TIFF)
ACCEPTED: Final = "JPEG, PNG, WebP, AVIF, TIFF or GIF"

_REFUSED: Final = {
    "svg": "This is an SVG drawing, which can carry scripts; export it as a PNG at least "
    "2,000 pixels wide and upload that.",
    "heic": "This is a HEIC picture, which browsers cannot show; export it as JPEG "
    "(on an iPhone: Settings, Camera, Formats, Most Compatible) and upload that.",
    "pdf": "This is a PDF document, not a picture; export the page as PNG or JPEG and upload that.",
    "psd": "This is a Photoshop document; save a copy as JPEG or PNG and upload that.",
    "eps": "This is a PostScript drawing; export it as a PNG at least 2,000 pixels wide "
    "and upload that.",
    "jpeg2000": "This is a JPEG 2000 picture, which browsers cannot show; save it as JPEG "
    "and upload that.",
    "jxl": "This is a JPEG XL picture, which too few browsers can show; save it as JPEG "
    "and upload that.",
    "bmp": "This is a BMP picture; save it as PNG and upload that.",
    "icon": "This is an icon file; save its largest picture as PNG and upload that.",
    "old": "This is a picture in a format that browsers cannot show; save it as PNG or JPEG and "
    "upload that.",
    "hdr": "This is a picture of high dynamic range, which browsers cannot show; export it as JPEG "
    "and upload that.",
    "design": "This is a document of a design program; export the picture as PNG or JPEG and "
    "upload that.",
    "sound": "This is a sound recording, not a picture; choose another file.",
    "raw": "This is a camera's raw file; develop it, export it as JPEG and upload that.",
    "film": "This is a film, not a picture; upload a still of it as JPEG.",
    "archive": "This is an archive or an office document, not a picture; take the picture out "
    "of it and upload that.",
    "page": "This is a web page, not a picture; save the picture itself and upload that.",
}


def kind_of(head: bytes) -> Kind | None:
    """The type of picture that begins with these bytes, or None for anything not taken in."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and _brands(head) & {b"avif", b"avis"}:
        return AVIF
    if head.startswith((b"II*\x00", b"MM\x00*")) and head[8:10] != b"CR":
        return TIFF
    return None


def refusal_of(head: bytes) -> str:
    """Why a file that is no `Kind` is not taken in, and what to do instead."""
    if not head:
        return "The file is empty; choose it again, perhaps its copy was cut off."
    known = _REFUSED.get(_unwanted(head))
    return known or f"This file is not a picture we can read; upload a {ACCEPTED} file."


def _brands(head: bytes) -> set[bytes]:
    """The brands of an ISO media file: the major one and the compatible ones."""
    length = min(int.from_bytes(head[:4]), len(head))
    return {head[8:12]} | {head[at : at + 4] for at in range(16, length, 4)}


def _unwanted(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        heic = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
        raw = {b"crx "}
        sound = {b"M4A ", b"M4B "}
        brands = _brands(head)
        known = {"heic": heic, "raw": raw, "sound": sound}
        return next((name for name, theirs in known.items() if brands & theirs), "film")
    if head[:4] == b"RIFF":
        return {b"AVI ": "film", b"WAVE": "sound"}.get(head[8:12], "")
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "svg"
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "page"
    return ""


_STARTS: Final = (
    (b"%PDF", "pdf"),
    (b"8BPS", "psd"),
    (b"%!PS", "eps"),
    (b"\xc5\xd0\xd3\xc6", "eps"),
    (b"\x00\x00\x00\x0cjP  ", "jpeg2000"),
    (b"\xff\x4f\xff\x51", "jpeg2000"),
    (b"\xff\x0a", "jxl"),
    (b"\x00\x00\x00\x0cJXL ", "jxl"),
    (b"BM", "bmp"),
    (b"\0\0\1\0", "icon"),
    (b"\0\0\2\0", "icon"),
    (b"icns", "icon"),
    (b"DDS ", "old"),
    (b"\x01\xda", "old"),
    (b"P4\n", "old"),
    (b"P5\n", "old"),
    (b"P6\n", "old"),
    (b"qoif", "old"),
    (b"\xd7\xcd\xc6\x9a", "old"),
    (b"v/1\x01", "hdr"),
    (b"#?RADIANCE", "hdr"),
    (b"gimp xcf", "design"),
    (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", "design"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
    (b"II*\x00", "raw"),
    (b"IIRO", "raw"),
    (b"IIU\x00", "raw"),
    (b"FUJIFILMCCD-RAW", "raw"),
    (b"\x1aE\xdf\xa3", "film"),
    (b"PK\x03\x04", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\xd0\xcf\x11\xe0", "archive"),
)

"""The type of a file by its first bytes, and error messages for rejected files.

The messages are here because a web process needs them and never loads a decoder. File names and
media types from the browser are ignored.
"""

from dataclasses import dataclass
from typing import Final

SAVE_SMALLER: Final = "Save a smaller version and upload that."
BROKEN: Final = "The image is damaged or incomplete. Export or copy it again."
TOO_MUCH: Final = "The image needs too much memory or time to open. Export a smaller version."
RAW: Final = "This is a raw file of a camera. Export it as JPEG and upload that."
GROWING: Final = "The animation has too many pixels. Make it smaller or upload a still."
UNUSUAL: Final = (
    "The TIFF is damaged or has an unsupported pixel format. Save it as RGB or CMYK with 8 or 16 "
    "bits per channel, or as JPEG, and upload that."
)
TOO_LONG: Final = "The image takes too long to open. Export a smaller version."
NO_ROOM: Final = "The disk of the server is full. Contact the administrator."
NOT_STORED: Final = "The storage for files does not answer. Try again; if it fails again, contact the administrator."
HDR: Final = (
    "This is an HDR image, which most screens cannot show. Export it in standard range (SDR, sRGB) "
    "and upload that."
)


HEAD_LENGTH: Final = 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """An accepted type of image."""

    name: str
    media_type: str
    suffix: str
    plugin: str
    """Pillow's name of the format, and of the only module that may open it."""


JPEG: Final = Kind("JPEG", "image/jpeg", ".jpg", "Jpeg")
PNG: Final = Kind("PNG", "image/png", ".png", "Png")
GIF: Final = Kind("GIF", "image/gif", ".gif", "Gif")
WEBP: Final = Kind("WebP", "image/webp", ".webp", "WebP")
AVIF: Final = Kind("AVIF", "image/avif", ".avif", "Avif")
TIFF: Final = Kind("TIFF", "image/tiff", ".tif", "Tiff")

KINDS: Final = (JPEG, PNG, GIF, WEBP, AVIF, TIFF)
ACCEPTED: Final = "JPEG, PNG, WebP, AVIF, TIFF or GIF"

_REJECTED: Final = {
    "svg": "SVG files can contain scripts. Export it as a PNG at least 2,000 pixels wide and "
    "upload that.",
    "heic": "Browsers cannot show HEIC images. Export it as JPEG (on an iPhone: Settings, Camera, "
    "Formats, Most Compatible) and upload that.",
    "pdf": "This is a PDF document, not an image. Export the page as PNG or JPEG and upload that.",
    "psd": "This is a Photoshop document. Save a copy as JPEG or PNG and upload that.",
    "eps": "This is a PostScript file. Export it as a PNG at least 2,000 pixels wide and upload "
    "that.",
    "jpeg2000": "Browsers cannot show JPEG 2000 images. Save it as JPEG and upload that.",
    "jxl": "Few browsers can show JPEG XL images. Save it as JPEG and upload that.",
    "bmp": "This is a BMP image. Save it as PNG and upload that.",
    "icon": "This is an icon file. Save its largest image as PNG and upload that.",
    "old": "Browsers cannot show this format. Save it as PNG or JPEG and upload that.",
    "hdr": "Browsers cannot show this HDR format. Export it as JPEG and upload that.",
    "design": "This is a document of a design program. Export the image as PNG or JPEG and upload "
    "that.",
    "sound": "This is an audio file, not an image. Choose another file.",
    "raw": RAW,
    "film": "This is a video, not an image. Upload a still as JPEG.",
    "archive": "This is an archive or an office document, not an image. Extract the image and "
    "upload that.",
    "page": "This is a web page, not an image. Save the image itself and upload that.",
}


def kind_of(head: bytes) -> Kind | None:
    """The type of image that starts with these bytes, or None if it is not accepted."""
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


def rejection_of(head: bytes) -> str:
    """Why a file of no accepted type is rejected, and what to do instead."""
    if not head:
        return "The file is empty. Choose it again."
    known = _REJECTED.get(_rejected_type(head))
    return known or f"The file is not a supported image. Upload a {ACCEPTED} file."


def _brands(head: bytes) -> set[bytes]:
    """The brands of an ISO media file: the major one and the compatible ones."""
    length = min(int.from_bytes(head[:4]), len(head))
    return {head[8:12]} | {head[at : at + 4] for at in range(16, length, 4)}


def _rejected_type(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        heic = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
        raw = {b"crx "}
        sound = {b"M4A ", b"M4B "}
        brands = _brands(head)
        known = {"heic": heic, "raw": raw, "sound": sound}
        return next((name for name, type_brands in known.items() if brands & type_brands), "film")
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

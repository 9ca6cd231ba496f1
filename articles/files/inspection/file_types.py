"""The type of a file by its first bytes, and error messages for rejected files.

The messages are here because a web process needs them and never loads a parser. File names and media
types from the browser are ignored.
"""

from dataclasses import dataclass
from typing import Final

PDF_GROUP: Final = "pdf"
AUDIO_GROUP: Final = "audio"

EMPTY: Final = "The file is empty. Choose another one."
NEITHER: Final = (
    "This is neither a PDF nor an audio file. Save it as PDF, or as MP3, M4A, Ogg, WAV or FLAC, and "
    "upload that."
)
IMAGE: Final = "This is an image, not a PDF or an audio file. Upload it to the image library."
OFFICE: Final = (
    "This is an archive or an office document. Export it as PDF and upload that, so that every reader "
    "can open it."
)
VIDEO: Final = "This is a video. Upload its sound as MP3 or M4A, or embed the video."
BROKEN: Final = "The file is damaged or incomplete. Export or copy it again."
ENCRYPTED: Final = (
    "The PDF is protected with a password. Save a copy without protection and upload that."
)
NO_PAGES: Final = "The PDF has no pages. Export it again."
NO_SOUND: Final = "The audio file has no sound that can be played. Export it again."
TOO_MUCH: Final = (
    "The file needs too much memory or time to check. Print it to a new PDF, or export it again, and "
    "upload that."
)

HEAD_LENGTH: Final = 1024


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted type of file."""

    name: str
    group: str
    media_type: str
    suffix: str


PDF: Final = FileType("PDF", PDF_GROUP, "application/pdf", ".pdf")
MP3: Final = FileType("MP3", AUDIO_GROUP, "audio/mpeg", ".mp3")
M4A: Final = FileType("M4A", AUDIO_GROUP, "audio/mp4", ".m4a")
OGG: Final = FileType("Ogg", AUDIO_GROUP, "audio/ogg", ".ogg")
WAV: Final = FileType("WAV", AUDIO_GROUP, "audio/wav", ".wav")
FLAC: Final = FileType("FLAC", AUDIO_GROUP, "audio/flac", ".flac")

TYPES: Final = (PDF, MP3, M4A, OGG, WAV, FLAC)
BY_MEDIA_TYPE: Final = {each.media_type: each for each in TYPES}


def type_of(head: bytes) -> FileType | None:
    """The type of a file that starts with these bytes, or None if it is not accepted."""
    if b"%PDF-" in head:
        return PDF
    if head.startswith(b"ID3") or _is_mpeg_layer_3(head):
        return MP3
    if head[4:8] == b"ftyp":
        return M4A
    if head.startswith(b"OggS") and (b"OpusHead" in head or b"\x01vorbis" in head):
        return OGG
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    return FLAC if head.startswith(b"fLaC") else None


def _is_mpeg_layer_3(head: bytes) -> bool:
    """Whether it starts with the header of a frame: 11 bits of synchronisation, then the layer."""
    return len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0


IMAGE_HEADS: Final = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*")
ARCHIVE_HEADS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
VIDEO_HEADS: Final = (b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba", b"FLV")


def rejection_of(head: bytes) -> str:
    """Why a file that starts with these bytes is not accepted."""
    if not head:
        return EMPTY
    if head.startswith(IMAGE_HEADS) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return IMAGE
    if head.startswith(ARCHIVE_HEADS):
        return OFFICE
    if head.startswith(VIDEO_HEADS) or (head.startswith(b"RIFF") and head[8:11] == b"AVI"):
        return VIDEO
    return NEITHER


class Unfit(Exception):
    """The file is not accepted; the message says why and what to do."""

"""The work of the child process: reads the properties of a file and writes its cleaned copy.

Only `process` imports this, after it has set its limits: it loads pypdf and tinytag.

An audio file loses its tags (names, comments, cover images, places). Only what surrounds the sound is
changed, and nothing is encoded again. Where other parts of a file refer to positions within it, the
tags are overwritten in place instead of cut out. Ogg files keep their comments: they are part of the
stream that is needed to play it.

A PDF loses scripts, actions, attached files and metadata: nothing that only a program reads is kept,
because a reader of the site opens the file in a program of their own. Only what can be reached after
the removal is copied.
"""

import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject
from tinytag import TinyTag, TinyTagException

from articles.files.inspection.file_types import (
    BROKEN,
    ENCRYPTED,
    FLAC,
    HEAD_LENGTH,
    M4A,
    MP3,
    NO_PAGES,
    NO_SOUND,
    PDF,
    VIDEO,
    WAV,
    FileType,
    Unfit,
    rejection_of,
    type_of,
)

MIN_SECONDS: Final = 0.05
"""Shorter than any sound that is worth an upload."""
MAX_SECONDS: Final = 7 * 24 * 3600


def clean_audio(path: Path, file_type: FileType) -> dict[str, Any]:
    """Reads the file and removes its tags in place.

    Raises Unfit for a file without sound.
    """
    tags = _tags(path)
    if tags.duration is None or not MIN_SECONDS <= tags.duration <= MAX_SECONDS:
        raise Unfit(NO_SOUND)
    try:
        if file_type is M4A and has_video(path):
            raise Unfit(VIDEO)
        remove_tags(path, file_type)
    except (ValueError, IndexError) as error:
        raise Unfit(BROKEN) from error
    return {
        "duration": max(1, round(tags.duration)),
        "title": tags.title or "",
        "author": tags.artist or tags.albumartist or "",
        "removed": [],
    }


def _tags(path: Path) -> TinyTag:
    try:
        return TinyTag.get(path)
    except TinyTagException as error:
        raise Unfit(BROKEN) from error


CHUNK_SIZE: Final = 1024 * 1024
ID3V1_LENGTH: Final = 128
APE_FOOTER: Final = struct.Struct("<8s4I8x")
"""The name, then version, size without the header, number of items and flags."""
APE_HAS_HEADER: Final = 1 << 31
FLAC_PADDING: Final = 1
FLAC_TAGS: Final = frozenset({2, 4, 6})
"""Application data, comments and images."""
WAV_NEEDED: Final = frozenset({b"fmt ", b"data", b"fact", b"JUNK", b"cue "})
MP4_PARENTS: Final = frozenset({b"moov", b"trak", b"mdia"})
MP4_TAGS: Final = frozenset({b"udta", b"meta", b"uuid"})


def remove_tags(path: Path, file_type: FileType) -> None:
    """Removes the tags of this file. Raises ValueError or IndexError if its structure is broken."""
    if file_type is MP3:
        _cut_id3(path)
        return
    with path.open("r+b") as file:
        if file_type is M4A:
            for kind, start, end in _boxes(file, 0, _length(file)):
                if kind in MP4_TAGS:
                    _rename(file, start + 4, b"free")
                    _blank(file, start + 8, end)
        elif file_type is WAV:
            for kind, start, end in _chunks(file):
                if kind not in WAV_NEEDED:
                    _rename(file, start, b"JUNK")
                    _blank(file, start + 8, end)
        elif file_type is FLAC:
            _blank_flac(file)


def has_video(path: Path) -> bool:
    """Whether an MP4 file has a track of images."""
    with path.open("rb") as file:
        for kind, start, _ in _boxes(file, 0, _length(file)):
            if kind == b"hdlr":
                file.seek(start + 16)
                if file.read(4) == b"vide":
                    return True
    return False


def _length(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _boxes(
    file: BinaryIO, start: int, end: int, depth: int = 0
) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each box, with those inside the boxes that can contain tags."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        header = 8
        if size == 1:
            size, header = int.from_bytes(file.read(8), "big"), 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            raise ValueError("A box is longer than the file")
        yield kind, start, start + size
        if kind in MP4_PARENTS and depth < len(MP4_PARENTS):
            yield from _boxes(file, start + header, start + size, depth + 1)
        start += size


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each chunk of a WAV file; the last may be cut off."""
    start, length = 12, _length(file)
    while start + 8 <= length:
        file.seek(start)
        kind, size = file.read(4), int.from_bytes(file.read(4), "little")
        end = min(start + 8 + size, length)
        yield kind, start, end
        start = end + size % 2


def _blank_flac(file: BinaryIO) -> None:
    start, last = 4, False
    length = _length(file)
    while not last:
        file.seek(start)
        header = file.read(4)
        last, kind = bool(header[0] & 0x80), header[0] & 0x7F
        end = start + 4 + int.from_bytes(header[1:4], "big")
        if end > length:
            raise ValueError("A block is longer than the file")
        if kind in FLAC_TAGS:
            _rename(file, start, bytes([FLAC_PADDING | (0x80 if last else 0)]))
            _blank(file, start + 4, end)
        start = end


def _rename(file: BinaryIO, at: int, name: bytes) -> None:
    file.seek(at)
    file.write(name)


def _blank(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    for at in range(start, end, CHUNK_SIZE):
        file.write(bytes(min(CHUNK_SIZE, end - at)))


def _cut_id3(path: Path) -> None:
    """Cuts off the tags before and after the frames of an MP3 file."""
    content = path.read_bytes()
    start, end = 0, len(content)
    while content[start : start + 3] == b"ID3":
        size = 0
        for byte in content[start + 6 : start + 10]:
            size = size << 7 | byte & 0x7F
        footer = 10 if content[start + 5] & 0x10 else 0
        start += 10 + size + footer
    if content[-ID3V1_LENGTH : -ID3V1_LENGTH + 3] == b"TAG":
        end -= ID3V1_LENGTH
    footer_start = end - APE_FOOTER.size
    if footer_start >= start and content.startswith(b"APETAGEX", footer_start):
        _, _, size, _, flags = APE_FOOTER.unpack_from(content, footer_start)
        end -= size + (APE_FOOTER.size if flags & APE_HAS_HEADER else 0)
    if start >= end:
        raise ValueError("Nothing but tags")
    path.write_bytes(content[start:end])


END_LENGTH: Final = 4096
"""Where the end mark must be: some programs write a few bytes after it."""

SCRIPTS: Final = "scripts and automatic actions"
ATTACHMENTS: Final = "attached files and media"

REMOVED_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Thread"}
    | {"/Rendition", "/Movie"}
    | {"/Sound", "/RichMediaExecute", "/ResetForm", "/Hide", "/SetOCGState", "/Trans"}
)
"""Types of action that do more than show a page of the document or open a link."""
REMOVED_ANNOTATIONS: Final = frozenset(
    {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
)
REMOVED_KEYS: Final = {
    "/OpenAction": SCRIPTS,
    "/AA": SCRIPTS,
    "/JS": SCRIPTS,
    "/JavaScript": SCRIPTS,
    "/XFA": SCRIPTS,
    "/EmbeddedFiles": ATTACHMENTS,
    "/EF": ATTACHMENTS,
    "/AF": ATTACHMENTS,
    "/Collection": ATTACHMENTS,
    # Metadata is always removed and not mentioned.
    "/Metadata": "",
    "/PieceInfo": "",
    "/LastModified": "",
}
EXTERNAL_KEYS: Final = ("/F", "/FFilter", "/FDecodeParms", "/Ref")
"""Keys of a stream whose content is in another file."""
HARMLESS_ACTIONS: Final = frozenset({"/GoTo"})


def clean_pdf(path: Path, target: Path) -> dict[str, Any]:
    """Writes the cleaned copy. Raises Unfit for a file that is not a complete PDF without a password."""
    _check_end(path)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted:
            raise Unfit(ENCRYPTED)
        pages = len(reader.pages)
        if not pages:
            raise Unfit(NO_PAGES)
        title, author = _info(reader)
        removed = _remove(reader)
        writer = PdfWriter(clone_from=reader)
        writer.metadata = None
        if title:
            writer.add_metadata({"/Title": title})
        # Buffered, because pypdf writes each number and each name separately.
        with target.open("wb", buffering=1024 * 1024) as file:
            writer.write(file)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise Unfit(BROKEN) from error
    except RecursionError as error:
        raise Unfit(BROKEN) from error
    return {"pages": pages, "title": title, "author": author, "removed": sorted(removed)}


def _check_end(path: Path) -> None:
    """A file that was cut off has no end mark."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END_LENGTH))
        if b"%%EOF" not in file.read():
            raise Unfit(BROKEN)


def _info(reader: PdfReader) -> tuple[str, str]:
    info = reader.metadata
    if info is None:
        return "", ""
    return str(info.title or ""), str(info.author or "")


def _remove(reader: PdfReader) -> set[str]:
    """Removes scripts, attachments and metadata from the objects of the reader; returns what it was."""
    removed: set[str] = set()
    for each in _reachable(reader):
        if isinstance(annotations := _value(each, "/Annots"), ArrayObject):
            _remove_annotations(annotations, removed)
        for key, name in REMOVED_KEYS.items():
            if key in each and not (key == "/OpenAction" and _is_harmless(each[key])):
                del each[key]
                removed.add(name)
        if isinstance(each, StreamObject):
            for key in EXTERNAL_KEYS:
                each.pop(key, None)
        elif _value(each, "/S") in REMOVED_ACTIONS and _value(each, "/Type") != "/StructElem":
            each.clear()
            removed.add(SCRIPTS)
    return removed - {""}


def _value(dictionary: DictionaryObject, key: str) -> Any:
    """The value, also if it is an object of its own; None if there is none."""
    value = dictionary.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value


def _is_harmless(action: Any) -> bool:
    """Whether the action on opening only shows a page of the document."""
    if isinstance(action, ArrayObject):
        return True
    return isinstance(action, DictionaryObject) and _value(action, "/S") in HARMLESS_ACTIONS


def _remove_annotations(array: ArrayObject, removed: set[str]) -> None:
    kept = [each for each in array if not _is_removed(each)]
    if len(kept) < len(array):
        array.clear()
        array.extend(kept)
        removed.add(ATTACHMENTS)


def _is_removed(item: Any) -> bool:
    found = item.get_object() if isinstance(item, IndirectObject) else item
    return isinstance(found, DictionaryObject) and _value(found, "/Subtype") in REMOVED_ANNOTATIONS


def _reachable(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary below the root, once each; values that were removed meanwhile are not visited."""
    pending: list[Any] = [reader.trailer["/Root"]]
    visited: set[int] = set()
    resolved: set[tuple[int, int]] = set()
    while pending:
        item = pending.pop()
        if isinstance(item, IndirectObject):
            number = (item.idnum, item.generation)
            if number in resolved:
                continue
            resolved.add(number)
            item = item.get_object()
        if not isinstance(item, (ArrayObject, DictionaryObject)) or id(item) in visited:
            continue
        visited.add(id(item))
        if isinstance(item, DictionaryObject):
            yield item
        pending += item if isinstance(item, ArrayObject) else list(item.values())


def answer(path: Path, target: Path) -> dict[str, Any]:
    """The properties of the file; the cleaned copy is written to the target.

    `media_type`, `pages` or `duration` (seconds), `title`, `author`, and `removed`: what the copy
    lacks, as text. A file that is not accepted has only `refused`.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_LENGTH)
    found = type_of(head)
    if found is None:
        return {"refused": rejection_of(head)}
    try:
        if found is PDF:
            properties = clean_pdf(path, target)
        else:
            shutil.copyfile(path, target)
            properties = clean_audio(target, found)
    except Unfit as unfit:
        return {"refused": str(unfit)}
    return {"media_type": found.media_type, "pages": None, "duration": None, **properties}

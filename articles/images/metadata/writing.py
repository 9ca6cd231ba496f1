"""Embeds rights in renditions. Plain Python, no Django.

What is embedded, and how it is changed with a credit: docs/algorithms/image-metadata.md.

PNG: a text chunk. WebP: a chunk at the end, announced at the beginning. JPEG: three segments before the
pixels, two of them for programs without XMP support. AVIF: an item in a box of its own at the end of the
file, so it can grow without moving pixel data.

Sources: PNG (Third Edition), section 11.3; WebP Container Specification; XMP Specification Part 3,
section 1.1.3; IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop File Formats (image resource
blocks); CIPA DC-008 (Exif 3.0); ISO/IEC 23008-12 (HEIF), section 9 and annex A; ISO/IEC 14496-12.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable
from struct import pack
from typing import Final, NamedTuple

from articles.images.metadata.rights_packet import CannotEmbed, Rights, packet
from articles.images.processing import formats
from articles.images.processing.formats import (
    APP0,
    APP1,
    APP13,
    APP15,
    COMMENT,
    FULL,
    PNG_SIGNATURE,
    PNG_XMP_HEAD,
    SCAN,
    Box,
    Broken,
    Info,
    Item,
    JpegSegment,
    Locations,
    box,
    boxes,
    infos,
    jpeg_segments,
    locations,
    png_chunks,
)

_XMP_HEAD: Final = PNG_XMP_HEAD + bytes(4)
"""Not compressed, without language and translated keyword."""
_DROPPED: Final = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"caBX"}


def _in_png(content: bytes, rights: Rights) -> bytes:
    """The file with these rights right after its header, without other text."""
    preserved, length = _png_parts(content)
    text = _chunk(b"iTXt", _XMP_HEAD + packet(rights, length - len(_XMP_HEAD)))
    return PNG_SIGNATURE + preserved[0] + text + b"".join(preserved[1:])


def _png_parts(content: bytes) -> tuple[list[bytes], int]:
    """The chunks to keep, and the length of the current chunk with the packet."""
    preserved: list[bytes] = []
    length = 0
    for chunk in png_chunks(content):
        inside = content[chunk.inside]
        if chunk.name == b"iTXt" and inside.startswith(_XMP_HEAD):
            length = len(inside)
        elif chunk.name not in _DROPPED:
            preserved.append(content[chunk.start : chunk.end])
        if chunk.name == b"IEND":
            return preserved, length
    raise CannotEmbed("The PNG has no end.")


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))


_XMP: Final = b"XMP "
_KNOWN: Final = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
_HAS_EXIF: Final = 0x08
_HAS_XMP: Final = 0x04
_HAS_ALPHA: Final = 0x10

Chunk = tuple[bytes, bytes]


def _in_webp(content: bytes, rights: Rights) -> bytes:
    """The file with these rights at its end, in the extended format."""
    chunks = _chunks(content)
    length = next((len(data) for name, data in chunks if name == _XMP), 0)
    preserved = [chunk for chunk in chunks if chunk[0] in _KNOWN]
    if not preserved:
        raise _broken()
    head = preserved.pop(0)[1] if preserved[0][0] == b"VP8X" else _extended(*preserved[0])
    if len(head) < 10:
        raise _broken()
    flags = (head[0] | _HAS_XMP) & ~_HAS_EXIF
    written = [(b"VP8X", bytes([flags]) + head[1:]), *preserved, (_XMP, packet(rights, length))]
    body = b"WEBP" + b"".join(_riff_chunk(*chunk) for chunk in written)
    return b"RIFF" + pack("<I", len(body)) + body


def _chunks(content: bytes) -> list[Chunk]:
    found = list(formats.riff_chunks(content))
    end = found[-1].end if found else 12
    if end + end % 2 < min(formats.riff_end(content), len(content)) or formats.riff_end(
        content
    ) > len(content):
        raise _broken()
    return [(each.name, content[each.start : each.end]) for each in found]


def _riff_chunk(name: bytes, data: bytes) -> bytes:
    return name + pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


def _extended(name: bytes, data: bytes) -> bytes:
    """The VP8X header for a file in the simple format: flags, width and height minus one."""
    if name == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        width = int.from_bytes(data[6:8], "little") & 0x3FFF
        height = int.from_bytes(data[8:10], "little") & 0x3FFF
        alpha = 0
    elif name == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        alpha = _HAS_ALPHA if bits >> 28 & 1 else 0
    else:
        raise _broken()
    if not (width and height):
        raise _broken()
    return bytes([alpha, 0, 0, 0]) + pack("<I", width - 1)[:3] + pack("<I", height - 1)[:3]


def _broken() -> CannotEmbed:
    return CannotEmbed("The WebP is broken.")


XMP_MARK: Final = b"http://ns.adobe.com/xap/1.0/\x00"

_KEPT: Final = ((APP0, b"JFIF\x00"), (0xE2, b"ICC_PROFILE\x00"), (0xEE, b"Adobe\x00"))
"""Segments that are needed to decode the pixels."""


def _in_jpeg(content: bytes, rights: Rights) -> bytes:
    """The file with these rights, without other segments that the pixels do not need."""
    found, rest = _jpeg_parts(content)
    preserved = [segment for segment in found if _is_preserved(segment)]
    rights_segments = [
        JpegSegment(APP1, 0, exif(rights, _length(found, APP1, EXIF_MARK))),
        JpegSegment(APP1, 0, _xmp(rights, _length(found, APP1, XMP_MARK))),
        JpegSegment(
            APP13,
            0,
            photoshop(rights, _length(found, APP13, PHOTOSHOP_MARK)),
        ),
    ]
    first = 1 if preserved and preserved[0].marker == APP0 else 0
    return (
        content[:2]
        + b"".join(
            _jpeg_segment(each)
            for each in (*preserved[:first], *rights_segments, *preserved[first:])
        )
        + content[rest:]
    )


def _xmp(rights: Rights, length: int) -> bytes:
    return XMP_MARK + packet(rights, length - len(XMP_MARK))


def _length(found: list[JpegSegment], marker: int, mark: bytes) -> int:
    """The length of the current block; 0 if there is none."""
    return next(
        (len(each.data) for each in found if each.marker == marker and each.data.startswith(mark)),
        0,
    )


def _is_preserved(segment: JpegSegment) -> bool:
    if not (APP0 <= segment.marker <= APP15 or segment.marker == COMMENT):
        return True
    return any(segment.marker == marker and segment.data.startswith(mark) for marker, mark in _KEPT)


def _jpeg_segment(segment: JpegSegment) -> bytes:
    if len(segment.data) > 0xFFFD:
        raise CannotEmbed("A segment of the JPEG would be too long.")
    return pack(">BBH", 0xFF, segment.marker, len(segment.data) + 2) + segment.data


def _jpeg_parts(content: bytes) -> tuple[list[JpegSegment], int]:
    """The segments before the first scan, and the position of the scan."""
    found = list(jpeg_segments(content))
    if not found or found[-1].marker != SCAN:
        raise CannotEmbed("The JPEG has no scan.")
    return found[:-1], found[-1].start


PADDING: Final = 128
"""Padding of each block, as in the packet."""

EXIF_MARK: Final = b"Exif\x00\x00"
PHOTOSHOP_MARK: Final = b"Photoshop 3.0\x00"

_DIGEST_LENGTH: Final = 28
_RESOURCE_HEAD: Final = 12
_ARTIST: Final = 0x013B
_COPYRIGHT: Final = 0x8298
_POSITIONING: Final = 0x0213
"""YCbCrPositioning, which the standard requires in every EXIF of a JPEG."""
_TEXT, _SHORT = 2, 3


def photoshop(rights: Rights, length: int = 0) -> bytes:
    """The segment with IIM in UTF-8, and the digest that marks it as synchronised with XMP.

    IIM allows 32 bytes for a credit; programs ignore that limit, and a truncated credit would be
    wrong, so values are written in full.
    """
    names = [(80, name) for name in rights.creators]
    texts = [(110, rights.credit), (116, rights.copyright)]
    block = b"\x1c\x01\x5a\x00\x03\x1b%G\x1c\x02\x00\x00\x02\x00\x04" + b"".join(
        pack(">BBBH", 0x1C, 2, dataset, len(value)) + value
        for dataset, text in names + texts
        if (value := text.encode())
    )
    overhead = len(PHOTOSHOP_MARK) + _RESOURCE_HEAD + _DIGEST_LENGTH
    block = _padded(block, length - overhead)
    return (
        PHOTOSHOP_MARK
        + _resource(0x0404, block)
        + _resource(0x0425, hashlib.md5(block, usedforsecurity=False).digest())
    )


def _resource(code: int, data: bytes) -> bytes:
    return b"8BIM" + pack(">HxxI", code, len(data)) + data


def exif(rights: Rights, length: int = 0) -> bytes:
    """The segment with EXIF: creator and copyright, in UTF-8 as is common."""
    texts = [(_ARTIST, "; ".join(rights.creators)), (_COPYRIGHT, rights.copyright)]
    values = {tag: (_TEXT, text.encode() + b"\x00") for tag, text in texts if text}
    if values:
        values[_POSITIONING] = (_SHORT, b"\x00\x01")
    at = 8 + 2 + 12 * len(values) + 4
    entries, long_values = b"", b""
    for tag, (kind, value) in sorted(values.items()):
        entries += pack(">HHI", tag, kind, len(value) if kind == _TEXT else 1)
        entries += pack(">I", at + len(long_values)) if len(value) > 4 else value.ljust(4, b"\x00")
        if len(value) > 4:
            long_values += value + b"\x00" * (len(value) % 2)
    block = b"MM\x00*\x00\x00\x00\x08" + pack(">H", len(values)) + entries + bytes(4) + long_values
    return EXIF_MARK + _padded(block, length - len(EXIF_MARK))


def _padded(block: bytes, length: int) -> bytes:
    """Padded with NUL to the length if it fits, else with room to grow; always even."""
    if length >= len(block) and length % 2 == 0:
        return block.ljust(length, b"\x00")
    return block + bytes(PADDING + len(block) % 2)


_TYPE: Final = b"application/rdf+xml"


class _File(NamedTuple):
    content: bytes
    outer: list[Box]
    meta: Box
    inner: list[Box]
    """The boxes within `meta`."""
    table: Locations
    infos: list[Info]


def _in_avif(content: bytes, rights: Rights) -> bytes:
    """The file with these rights in one item, which is added or replaced."""
    outer = list(boxes(content, 0, len(content)))
    meta = _only(outer, b"meta")
    inner = list(boxes(content, meta.inside + FULL, meta.end))
    if outer[-1].end != len(content) or (inner[-1:] and inner[-1].end != meta.end):
        raise CannotEmbed("The AVIF is incomplete or broken.")
    iloc = _only(inner, b"iloc")
    try:
        table = locations(content[iloc.inside : iloc.end])
    except Broken as error:
        raise CannotEmbed(str(error)) from error
    file = _File(content, outer, meta, inner, table, list(infos(content, _only(inner, b"iinf"))))
    if any(info.kind == b"Exif" for info in file.infos):
        raise CannotEmbed("The AVIF has EXIF, unlike renditions.")
    added = {info.number for info in file.infos if info.content_type == _TYPE}
    item = next((item for item in table.items if item.number in added), None)
    return _added(file, rights) if item is None else _changed(file, iloc, item, rights)


def _only(found: list[Box], kind: bytes) -> Box:
    matching = [each for each in found if each.kind == kind]
    if len(matching) != 1:
        raise CannotEmbed(
            f"The AVIF has {len(matching)} boxes “{kind.decode('latin-1')}” instead of one."
        )
    return matching[0]


def _changed(file: _File, iloc: Box, item: Item, rights: Rights) -> bytes:
    """The packet in its place if it fits, else in a longer box at the end of the file."""
    if not item.in_file or len(item.extents) != 1:
        raise CannotEmbed("The XMP item of the AVIF has several extents.")
    content = file.content
    index, offset, length = item.extents[0]
    start = item.base + offset
    if start + length > len(content):
        raise CannotEmbed("The AVIF is incomplete.")
    xmp = packet(rights, length)
    if len(xmp) == length:
        return content[:start] + xmp + content[start + length :]
    last = file.outer[-1]
    if last.kind == b"mdat" and (last.inside, last.end) == (start, start + length):
        before = content[: last.start]
    else:  # the packet is between other data: blank it there
        before = content[:start] + b" " * length + content[start + length :]
    item.extents = [(index, len(before) + 8 - item.base, len(xmp))]
    return before[: iloc.start] + file.table.written() + before[iloc.end :] + box(b"mdat", xmp)


def _added(file: _File, rights: Rights) -> bytes:
    """The file with one more item. Everything after `meta` moves, so all offsets are adjusted."""
    content, meta, table = file.content, file.meta, file.table
    number = max((info.number for info in file.infos), default=0) + 1
    xmp = packet(rights)
    added = Item(number, 0, 0, 0, [(0, 0, len(xmp))])
    table.items.append(added)
    pieces = [_piece(file, part, number) for part in file.inner]
    if not any(part.kind == b"iref" for part in file.inner):
        pieces.append(box(b"iref", bytes(FULL) + _reference(file, number, 2)))
    grown = FULL + 8 + sum(len(piece) for piece in pieces) - (meta.end - meta.start)
    _move(table.items[:-1], meta.end, grown)
    added.extents = [(0, len(content) + grown + 8, len(xmp))]
    new_meta = content[meta.inside : meta.inside + FULL] + b"".join(
        table.written() if piece[4:8] == b"iloc" else piece for piece in pieces
    )
    moved = _moved_sequences(content, file.outer, meta.end, grown)
    return moved[: meta.start] + box(b"meta", new_meta) + moved[meta.end :] + box(b"mdat", xmp)


def _piece(file: _File, part: Box, number: int) -> bytes:
    """One box of `meta`, with the new item if it lists items."""
    inside = file.content[part.inside : part.end]
    if part.kind == b"iloc":
        return file.table.written()  # of the right length; offsets are filled in later
    if part.kind == b"iinf":
        entry = (
            bytes((2, 0, 0, 0)) + pack(">HH", number, 0) + b"mime" + b"XMP\x00" + _TYPE + b"\x00"
        )
        entries = [file.content[each.entry.start : each.entry.end] for each in file.infos]
        entries.append(box(b"infe", entry))
        count = len(entries).to_bytes(4 if inside[0] else 2)
        return box(b"iinf", inside[:FULL] + count + b"".join(entries))
    if part.kind == b"iref":
        return box(b"iref", inside + _reference(file, number, 4 if inside[0] else 2))
    return file.content[part.start : part.end]


def _reference(file: _File, number: int, size: int) -> bytes:
    """A reference: the new item describes the primary image."""
    first = _only(file.inner, b"pitm")
    image = int.from_bytes(file.content[first.inside + FULL : first.end])
    return box(b"cdsc", number.to_bytes(size) + b"\x00\x01" + image.to_bytes(size))


def _move(items: list[Item], position: int, by: int) -> None:
    for item in items:
        if not item.in_file:
            continue
        if item.base >= position:
            item.base += by
        elif item.extents and item.base + min(offset for _, offset, _ in item.extents) >= position:
            item.extents = [(index, offset + by, long) for index, offset, long in item.extents]


def _moved_sequences(content: bytes, outer: list[Box], position: int, by: int) -> bytes:
    """An animation lists its frames a second time, like a video."""
    changed = bytearray(content)
    for table in _offset_tables(content, outer):
        size = 8 if table.kind == b"co64" else 4
        start = table.inside + FULL + 4
        count = min(int.from_bytes(content[start - 4 : start]), (table.end - start) // size)
        for at in range(start, start + count * size, size):
            offset = int.from_bytes(content[at : at + size])
            if offset >= position:
                changed[at : at + size] = (offset + by).to_bytes(size)
    return bytes(changed)


def _offset_tables(content: bytes, outer: list[Box]) -> list[Box]:
    found = outer
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        found = [
            part
            for each in found
            if each.kind == kind
            for part in boxes(content, each.inside, each.end)
        ]
    return [each for each in found if each.kind in {b"stco", b"co64"}]


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights instead of all its metadata; its pixels are not changed.

    If every new block fits into the place of the old one, the result has the same length and
    differs only there.

    Raises:
        CannotEmbed: the file is not a JPEG, PNG, WebP or AVIF, or is broken.
    """
    for matches, embed in _CONTAINERS:
        if matches(content):
            try:
                return embed(content, rights)
            except (IndexError, struct.error, OverflowError) as error:
                raise CannotEmbed("The file is broken.") from error
    raise CannotEmbed("The file is not a JPEG, PNG, WebP or AVIF.")


_CONTAINERS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[bytes, Rights], bytes]], ...]] = (
    (lambda content: content.startswith(b"\xff\xd8\xff"), _in_jpeg),
    (lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), _in_png),
    (lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", _in_webp),
    (lambda content: content[4:8] == b"ftyp", _in_avif),
)

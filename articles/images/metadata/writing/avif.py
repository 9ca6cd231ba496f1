"""AVIF: the packet is an item in a box of its own at the end of the file.

So it can grow without moving pixel data. Sources: ISO/IEC 23008-12 (HEIF), section 9 and annex
A; ISO/IEC 14496-12.
"""

from struct import pack
from typing import Final, NamedTuple

from articles.images.metadata.writing.rights import CannotEmbed, Rights
from articles.images.metadata.writing.xmp_packet import packet
from articles.images.processing.formats.isobmff import (
    FULL,
    Box,
    Broken,
    Info,
    Item,
    Locations,
    box,
    boxes,
    infos,
    locations,
)

_TYPE: Final = b"application/rdf+xml"


class _File(NamedTuple):
    content: bytes
    outer: list[Box]
    meta: Box
    inner: list[Box]
    """The boxes within `meta`."""
    table: Locations
    infos: list[Info]


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights in one item, which is added or replaced."""
    outer = list(boxes(content, 0, len(content)))
    meta = _only(outer, b"meta")
    inner = list(boxes(content, meta.inside + FULL, meta.end))
    if outer[-1].end != len(content) or (inner[-1:] and inner[-1].end != meta.end):
        message = "The AVIF is incomplete or broken."
        raise CannotEmbed(message)
    places = _only(inner, b"iloc")
    try:
        table = locations(content[places.inside : places.end])
    except Broken as mistake:
        raise CannotEmbed(str(mistake)) from mistake
    file = _File(content, outer, meta, inner, table, list(infos(content, _only(inner, b"iinf"))))
    if any(info.kind == b"Exif" for info in file.infos):
        message = "The AVIF has EXIF, unlike renditions."
        raise CannotEmbed(message)
    added = {info.number for info in file.infos if info.content_type == _TYPE}
    item = next((item for item in table.items if item.number in added), None)
    return _added(file, rights) if item is None else _changed(file, places, item, rights)


def _only(found: list[Box], kind: bytes) -> Box:
    fitting = [each for each in found if each.kind == kind]
    if len(fitting) != 1:
        message = f"The AVIF has {len(fitting)} boxes “{kind.decode('latin-1')}” instead of one."
        raise CannotEmbed(message)
    return fitting[0]


def _changed(file: _File, places: Box, item: Item, rights: Rights) -> bytes:
    """The packet in its place if it fits, else in a longer box at the end of the file."""
    if not item.in_file or len(item.extents) != 1:
        message = "The XMP item of the AVIF has several extents."
        raise CannotEmbed(message)
    content = file.content
    index, offset, length = item.extents[0]
    start = item.base + offset
    if start + length > len(content):
        message = "The AVIF is incomplete."
        raise CannotEmbed(message)
    xmp = packet(rights, length)
    if len(xmp) == length:
        return content[:start] + xmp + content[start + length :]
    last = file.outer[-1]
    if last.kind == b"mdat" and (last.inside, last.end) == (start, start + length):
        before = content[: last.start]
    else:  # the packet is between other data: blank it there
        before = content[:start] + b" " * length + content[start + length :]
    item.extents = [(index, len(before) + 8 - item.base, len(xmp))]
    return before[: places.start] + file.table.written() + before[places.end :] + box(b"mdat", xmp)


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
    fresh = content[meta.inside : meta.inside + FULL] + b"".join(
        table.written() if piece[4:8] == b"iloc" else piece for piece in pieces
    )
    moved = _moved_sequences(content, file.outer, meta.end, grown)
    return moved[: meta.start] + box(b"meta", fresh) + moved[meta.end :] + box(b"mdat", xmp)


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


def _reference(file: _File, number: int, wide: int) -> bytes:
    """A reference: the new item describes the primary image."""
    first = _only(file.inner, b"pitm")
    image = int.from_bytes(file.content[first.inside + FULL : first.end])
    return box(b"cdsc", number.to_bytes(wide) + b"\x00\x01" + image.to_bytes(wide))


def _move(items: list[Item], behind: int, by: int) -> None:
    for item in items:
        if not item.in_file:
            continue
        if item.base >= behind:
            item.base += by
        elif item.extents and item.base + min(where for _, where, _ in item.extents) >= behind:
            item.extents = [(index, where + by, long) for index, where, long in item.extents]


def _moved_sequences(content: bytes, outer: list[Box], behind: int, by: int) -> bytes:
    """An animation lists its frames a second time, like a video."""
    changed = bytearray(content)
    for table in _offset_tables(content, outer):
        wide = 8 if table.kind == b"co64" else 4
        start = table.inside + FULL + 4
        count = min(int.from_bytes(content[start - 4 : start]), (table.end - start) // wide)
        for at in range(start, start + count * wide, wide):
            where = int.from_bytes(content[at : at + wide])
            if where >= behind:
                changed[at : at + wide] = (where + by).to_bytes(wide)
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

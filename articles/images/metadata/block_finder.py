"""Finds the blocks of metadata in each type of file, without decoding pixels."""

import mmap
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from articles.images.metadata import iim
from articles.images.metadata.fields import MAX_BLOCK
from articles.images.processing import formats
from articles.images.processing.formats import (
    FULL,
    Box,
    Broken,
    Content,
    Item,
    boxes,
    infos,
    locations,
)

MAX_TEXTS: Final = 100
"""Maximum number of PNG text chunks that are read."""

_IIM_RESOURCE: Final = 0x0404
_DIGEST_RESOURCE: Final = 0x0425
_MAC_RESOURCES: Final = frozenset({0x03E9, 0x03EA})
"""Print settings, written by Photoshop on a Mac only."""

_EXIF_MARK: Final = b"Exif\x00"
_XMP_MARK: Final = b"http://ns.adobe.com/xap/1.0/\x00"
_MORE_XMP_MARK: Final = b"http://ns.adobe.com/xmp/extension/\x00"
_PHOTOSHOP_MARKS: Final = (b"Photoshop 3.0\x00", b"Adobe_Photoshop2.5:")
_XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_XMP_TAG, _IIM_TAG, _PHOTOSHOP_TAG = 700, 33723, 34377


@dataclass(slots=True)
class Blocks:
    """The blocks of a file; empty if there are none."""

    exif: Content = b""
    """From the TIFF header; of a TIFF, the whole file."""
    xmp: list[bytes] = field(default_factory=list)
    """The packet, and the extended packet."""
    iim: bytes = b""
    digest: bytes = b""
    """The MD5 of the IIM block when it was last synchronised with XMP."""
    texts: dict[str, bytes] = field(default_factory=dict)
    """The text chunks of a PNG."""
    from_mac: bool = False
    manifest: bytes = b""
    """The C2PA manifest."""


def blocks_of(content: Content) -> Blocks | None:
    """The blocks of a JPEG, PNG, WebP, AVIF, TIFF or GIF; None for anything else."""
    head = content[:12]
    if head.startswith(b"\xff\xd8\xff"):
        return _of_jpeg(content)
    if head.startswith(formats.PNG_SIGNATURE):
        return _of_png(content)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return _of_webp(content)
    if head[4:8] == b"ftyp":
        return _of_avif(content)
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return _of_tiff(content)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return _of_gif(content)
    return None


@contextmanager
def blocks_in(path: Path) -> Iterator[Blocks | None]:
    """The blocks of a file; valid while the context is open.

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            yield None
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield blocks_of(content)


def _of_jpeg(content: Content) -> Blocks:
    found = Blocks()
    photoshop, pieces = b"", []
    for segment in formats.jpeg_segments(content):
        data = segment.data
        if segment.marker == formats.APP1 and data.startswith(_EXIF_MARK):
            found.exif = found.exif or data[6:]
        elif segment.marker == formats.APP1 and data.startswith(_XMP_MARK):
            found.xmp.append(data[len(_XMP_MARK) :])
        elif segment.marker == formats.APP1 and data.startswith(_MORE_XMP_MARK):
            pieces.append(data[len(_MORE_XMP_MARK) :])
        elif segment.marker == formats.APP13:
            if mark := next((each for each in _PHOTOSHOP_MARKS if data.startswith(each)), b""):
                photoshop += data[len(mark) :]  # may go on in the next segment
            elif data[:1] == bytes([iim.MARKER]):
                found.iim = found.iim or data
        elif segment.marker == formats.APP11 and data.startswith(b"JP"):
            # A box in pieces; each of them after the first repeats its head.
            found.manifest += data[8:] if int.from_bytes(data[4:8]) <= 1 else data[16:]
    found.xmp += _extended(pieces)
    _keep_photoshop(found, photoshop)
    return found


def _extended(pieces: list[bytes]) -> list[bytes]:
    """The extended packet from its pieces: name, full length, offset, data.

    A file has one of them, with the name of the first piece.
    """
    if not pieces or len(pieces[0]) < 40:
        return []
    name, length = pieces[0][:32], int.from_bytes(pieces[0][32:36])
    if length > MAX_BLOCK:
        return []
    packet = bytearray(length)
    for piece in pieces:
        offset, data = int.from_bytes(piece[36:40]), piece[40:]
        if piece[:32] == name and offset + len(data) <= length:
            packet[offset : offset + len(data)] = data
    return [bytes(packet)]


def _keep_photoshop(found: Blocks, resources: bytes) -> None:
    """Image resources (Adobe Photoshop File Formats): `8BIM`, id, Pascal name, size, data."""
    at = 0
    while at + 12 <= len(resources) <= MAX_BLOCK and resources[at : at + 4] == b"8BIM":
        code = int.from_bytes(resources[at + 4 : at + 6])
        name = resources[at + 6] + 1
        at += 6 + name + name % 2
        size = int.from_bytes(resources[at : at + 4])
        data = resources[at + 4 : at + 4 + size]
        if code == _IIM_RESOURCE:
            found.iim = found.iim or data
        elif code == _DIGEST_RESOURCE:
            found.digest = found.digest or data
        found.from_mac = found.from_mac or code in _MAC_RESOURCES
        at += 4 + size + size % 2


def _of_png(content: Content) -> Blocks:
    found = Blocks()
    texts = (b"tEXt", b"zTXt", b"iTXt")
    chunks = (
        each for each in formats.png_chunks(content) if each.name in (*texts, b"eXIf", b"caBX")
    )
    for chunk in islice(chunks, MAX_TEXTS):
        if chunk.end - chunk.start > MAX_BLOCK:
            continue
        data = content[chunk.inside]
        if chunk.name == b"eXIf":
            found.exif = data.removeprefix(b"Exif\x00\x00")
            continue
        if chunk.name == b"caBX":
            found.manifest = data
            continue
        name, text = _text(chunk.name, data)
        if name == "XML:com.adobe.xmp":
            found.xmp.append(text)
        elif name.startswith("Raw profile type "):
            _keep_profile(found, name.rsplit(" ", 1)[1].lower(), text)
        else:
            found.texts.setdefault(name, text)
    return found


def _text(kind: bytes, data: bytes) -> tuple[str, bytes]:
    """Keyword and text of a chunk; empty for a broken one."""
    name, _, rest = data.partition(b"\x00")
    packed = kind == b"zTXt"
    if packed:
        rest = rest[1:]
    elif kind == b"iTXt":
        packed = rest[:1] == b"\x01"
        _, _, rest = rest[2:].partition(b"\x00")  # the language
        _, _, rest = rest.partition(b"\x00")  # the keyword in it
    return name.decode("latin-1"), _inflated(rest) if packed else rest


def _inflated(data: bytes) -> bytes:
    """Unpacked, up to the maximum size of a block."""
    decompressor = zlib.decompressobj()
    try:
        found = decompressor.decompress(data, MAX_BLOCK)
    except zlib.error:
        return b""
    return b"" if decompressor.unconsumed_tail else found


def _keep_profile(found: Blocks, kind: str, text: bytes) -> None:
    """A block that ImageMagick and others write as text: name, length, hexadecimal."""
    try:
        data = bytes.fromhex("".join(text.decode("ascii").strip().splitlines()[2:]))
    except ValueError:
        return
    if data.startswith(_XMP_MARK) or kind == "xmp":
        found.xmp.append(data.removeprefix(_XMP_MARK))
    elif kind in {"exif", "app1"}:
        found.exif = found.exif or data.removeprefix(b"Exif\x00\x00")
    elif data.startswith(b"8BIM"):
        _keep_photoshop(found, data)
    elif kind == "iptc":
        found.iim = found.iim or data


def _of_webp(content: Content) -> Blocks:
    found = Blocks()
    for chunk in islice(formats.riff_chunks(content), 10_000):
        if chunk.end - chunk.start <= MAX_BLOCK:
            if chunk.name == b"EXIF":
                found.exif = content[chunk.start : chunk.end].removeprefix(b"Exif\x00\x00")
            elif chunk.name == b"XMP ":
                found.xmp.append(content[chunk.start : chunk.end])
            elif chunk.name == b"C2PA":
                found.manifest = content[chunk.start : chunk.end]
    return found


def _of_avif(content: Content) -> Blocks:
    found = Blocks()
    for outer in islice(boxes(content, 0, len(content)), 1_000):
        if outer.kind == b"meta":
            _keep_items(
                found, content, list(islice(boxes(content, outer.inside + FULL, outer.end), 100))
            )
        elif outer.kind == b"uuid":
            name = content[outer.inside : outer.inside + 16]
            if name == _XMP_UUID:
                found.xmp.append(_piece(content, outer.inside + 16, outer.end))
            elif name == _C2PA_UUID:
                found.manifest = _piece(content, outer.inside + 16, outer.end)
    return found


def _keep_items(found: Blocks, content: Content, inner: list[Box]) -> None:
    parts = {part.kind: part for part in inner}
    if not {b"iloc", b"iinf"} <= parts.keys():
        return
    try:
        table = locations(_piece(content, parts[b"iloc"].inside, parts[b"iloc"].end))
    except Broken:
        return
    items = {item.number: item for item in table.items}
    for info in infos(content, parts[b"iinf"]):
        item = items.get(info.number)
        if item is None:
            continue
        if info.kind == b"Exif":
            data = _item(content, item, parts.get(b"idat"))
            found.exif = found.exif or data[4 + int.from_bytes(data[:4]) :]
        elif info.content_type == b"application/rdf+xml":
            found.xmp.append(_item(content, item, parts.get(b"idat")))


def _item(content: Content, item: Item, inside: Box | None) -> bytes:
    """The bytes of an item, from its extents in the file or in the box `idat`."""
    if not (item.in_file or (item.method == 1 and inside is not None)):
        return b""
    base = item.base + (inside.inside if item.method == 1 and inside is not None else 0)
    data = b""
    for _, offset, length in item.extents:
        data += _piece(content, base + offset, base + offset + length)
        if len(data) > MAX_BLOCK:
            return b""
    return data


def _piece(content: Content, start: int, end: int) -> bytes:
    return content[start:end] if end - start <= MAX_BLOCK else b""


def _of_tiff(content: Content) -> Blocks:
    found = Blocks(exif=content)
    first = formats.first_directory(content)
    if first is None:
        return found
    found.xmp.append(first.raw(_XMP_TAG))
    _keep_photoshop(found, first.raw(_PHOTOSHOP_TAG))
    block = first.raw(_IIM_TAG)
    if block and block[0] != iim.MARKER and len(block) % 4 == 0:  # words swapped by its writer
        block = b"".join(block[at : at + 4][::-1] for at in range(0, len(block), 4))
    if block[:1] == bytes([iim.MARKER]):
        found.iim = block
    return found


_GIF_XMP: Final = re.compile(
    rb"\x21\xff\x0bXMP DataXMP(.{1,%d}?)\x01\xff\xfe\xfd" % MAX_BLOCK, re.DOTALL
)


def _of_gif(content: Content) -> Blocks:
    packet = _GIF_XMP.search(content)
    return Blocks(xmp=[packet[1]] if packet else [])

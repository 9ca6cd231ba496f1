"""Small PDF and audio files, made by code."""

import io
import struct
import wave
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from accounts.models import User
from articles.files.ingest import ingest
from articles.files.models import File

SECRET: Final = b"known to nobody"
FRAME: Final = b"\xff\xfb\x90\x64" + bytes(413)
"""A frame of an MP3 file: 128 kbit/s at 44,100 Hz, 26 ms."""


def pdf(pages: int = 2, *, title: str = "", author: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    if title or author:
        writer.add_metadata({"/Title": title, "/Author": author})
    return _written(writer)


def pdf_with_everything() -> bytes:
    """Scripts, a program to start, an attached file and an author."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 300)
    script = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.x()"),
        }
    )
    launch = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    )
    writer.root_object[NameObject("/OpenAction")] = script
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): launch})
    link = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/A"): launch,
        }
    )
    page[NameObject("/Annots")] = writer._add_object(ArrayObject([writer._add_object(link)]))
    writer.add_attachment("secret.txt", SECRET)
    writer.add_metadata({"/Title": "Tides", "/Author": "rui@workstation"})
    return _written(writer)


def encrypted_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 300)
    writer.encrypt("password")
    return _written(writer)


def mp3(frames: int = 100, *, title: str = "", artist: str = "") -> bytes:
    """With tags before and after the sound, if there are any."""
    if not title and not artist:
        return FRAME * frames
    texts = b"".join(
        name + struct.pack(">I", len(text) + 1) + b"\0\0\0" + text.encode()
        for name, text in ((b"TIT2", title), (b"TPE1", artist))
    )
    length = bytes(len(texts) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + length + texts + FRAME * frames + b"TAG" + artist.encode().ljust(125)


def ape_tag(artist: str, *, has_header: bool) -> bytes:
    """The tag at the end of an MP3 file (APEv2); the header at its start is optional."""
    value = artist.encode()
    item = struct.pack("<II", len(value), 0) + b"Artist\0" + value

    def end(flags: int) -> bytes:
        return b"APETAGEX" + struct.pack("<4I8x", 2000, len(item) + 32, 1, flags)

    contains_header, is_header = 1 << 31, 1 << 29
    header = end(contains_header | is_header) if has_header else b""
    return header + item + end(contains_header if has_header else 0)


def wav(seconds: int = 2, *, artist: str = "") -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(8000 * seconds))
    tag = _chunk(b"LIST", b"INFO" + _chunk(b"IART", artist.encode() + b"\0")) if artist else b""
    content = buffer.getvalue() + tag
    return content[:4] + struct.pack("<I", len(content) - 8) + content[8:]


def m4a(seconds: int = 3, *, artist: str = "", handler: bytes = b"soun") -> bytes:
    times = struct.pack(">IIII", 0, 0, 1000, seconds * 1000)
    header = _box(b"mdhd", bytes(4) + times + bytes(4))
    kind = _box(b"hdlr", bytes(8) + handler + bytes(13))
    track = _box(b"trak", _box(b"mdia", header + kind))
    tag = _box(b"\xa9ART", _box(b"data", struct.pack(">II", 1, 0) + artist.encode()))
    items = _box(b"udta", _box(b"meta", bytes(4) + _box(b"ilst", tag))) if artist else b""
    movie = _box(b"mvhd", bytes(4) + times + bytes(80))
    return (
        _box(b"ftyp", b"M4A \0\0\0\0M4A ")
        + _box(b"moov", movie + track + items)
        + _box(b"mdat", bytes(64))
    )


def flac(seconds: int = 4, *, artist: str = "") -> bytes:
    rate = 8000
    info = struct.pack(">HH6s", 4096, 4096, bytes(6))
    packed = rate << 44 | 0 << 41 | 15 << 36 | rate * seconds
    info += packed.to_bytes(8, "big") + bytes(16)
    comment = f"ARTIST={artist}".encode()
    tags = struct.pack("<I", 0) + struct.pack("<II", 1, len(comment)) + comment
    return b"fLaC" + _block(0, info) + _block(0x84, tags) + bytes(64)


def opus(seconds: int = 5) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    return _page(2, 0, 0, head) + _page(0, 0, 1, tags) + _page(4, 48000 * seconds, 2, bytes(40))


def upload(content: bytes, name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


def file(content: bytes | None = None, *, by: User | None = None, **fields: Any) -> File:
    """A file of the library with a credit."""
    content = pdf() if content is None else content
    values = {"title": "Tide tables", "credit": "Harbour Institute", **fields}
    stored, _, _ = ingest(upload(content), by=by, **values)
    return stored


def markup(file: File, caption: str = "") -> str:
    return f'<figure data-file="{file.pk}"><figcaption>{caption}</figcaption></figure>'


def _written(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _block(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + len(content).to_bytes(3, "big") + content


def _page(flags: int, position: int, number: int, content: bytes) -> bytes:
    return (
        b"OggS"
        + struct.pack("<BBqIII", 0, flags, position, 1, number, 0)
        + bytes([1, len(content)])
        + content
    )

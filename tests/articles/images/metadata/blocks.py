"""Builds metadata blocks for tests."""

import hashlib
from io import BytesIO
from struct import pack
from typing import Any

from PIL import Image as Pixels

UTF8 = b"\x1b%G"


def iim(*datasets: tuple[int, int, bytes]) -> bytes:
    """A block of IIM datasets: record, dataset, value."""
    return b"".join(
        pack(">BBBH", 0x1C, record, dataset, len(value)) + value
        for record, dataset, value in datasets
    )


def packet(inside: str, attributes: str = "") -> bytes:
    """An XMP packet around the properties of one description."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" '
        'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" '
        f"{attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def alternatives(name: str, **languages: str) -> str:
    items = "".join(
        f'<rdf:li xml:lang="{language.replace("_", "-")}">{text}</rdf:li>'
        for language, text in languages.items()
    )
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>"


def jpeg(
    *,
    iim_block: bytes = b"",
    xmp: bytes = b"",
    exif: dict[int, Any] | None = None,
    digest: Any = None,
) -> bytes:
    """A small JPEG. `digest`: True for the right one of the IIM block, bytes for another."""
    tags = Pixels.Exif()
    tags.update(exif or {})
    options = {"xmp": xmp} if xmp else {}
    buffer = BytesIO()
    Pixels.new("RGB", (8, 8)).save(buffer, "JPEG", exif=tags.tobytes() if exif else b"", **options)
    content = buffer.getvalue()
    if not iim_block:
        return content
    resources = resource(0x0404, iim_block)
    if digest is not None:
        right = hashlib.md5(iim_block).digest()
        resources += resource(0x0425, right if digest is True else digest)
    segment = b"Photoshop 3.0\x00" + resources
    return content[:2] + pack(">BBH", 0xFF, 0xED, len(segment) + 2) + segment + content[2:]


def resource(code: int, data: bytes) -> bytes:
    return b"8BIM" + pack(">HxxI", code, len(data)) + data + b"\x00" * (len(data) % 2)

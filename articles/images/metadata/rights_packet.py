"""The rights that are embedded in a rendition, and their XMP packet with its padding.

Sources: XMP Specification Part 1 (ISO 16684-1), section 7.3; IPTC Photo Metadata Standard.
"""

import re
from dataclasses import dataclass, fields
from typing import Final
from xml.sax.saxutils import escape


class CannotEmbed(Exception):
    """The file is broken or of an unsupported form; the message says which.

    The rendition is then created again from the private original.
    """


MAX_TEXT: Final = 1_000
"""Characters of one field, so that a packet with all of them escaped fits into a JPEG segment."""

SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights in an image. Every field is a text, empty if unknown."""

    credit: str = ""
    """The credit as shown to readers."""
    creator: str = ""
    """Creator; several are separated by `; `."""
    copyright: str = ""
    licence: str = ""
    """URL of the licence."""
    usage_terms: str = ""
    digital_source_type: str = ""
    """Term of the IPTC vocabulary (`trainedAlgorithmicMedia`), or its full URL."""

    def __post_init__(self) -> None:
        for field in fields(self):
            text = _UNWRITABLE.sub(" ", getattr(self, field.name)).strip()
            object.__setattr__(self, field.name, text[:MAX_TEXT].rstrip())

    @property
    def creators(self) -> list[str]:
        return [name for part in self.creator.split("; ") if (name := part.strip(" ;"))]

    @property
    def source_type_url(self) -> str:
        term = self.digital_source_type
        return term if not term or "://" in term else SOURCE_TYPES + term


PADDING: Final = 512
"""Padding of a new packet, so that a longer credit fits. It is small, because every reader loads it
with every image; otherwise the file gets longer."""

_HEAD: Final = (
    "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>\n"
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description rdf:about=''"
)
_FOOT: Final = "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
_END: Final = b"<?xpacket end='w'?>"

_NAMESPACES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "cc": "http://creativecommons.org/ns#",
}


def packet(rights: Rights, length: int = 0) -> bytes:
    """The packet, padded with spaces to the given length if it fits, else with room to grow."""
    properties = _properties(rights)
    namespaces = "".join(
        f" xmlns:{prefix}='{uri}'"
        for prefix, uri in _NAMESPACES.items()
        if f"<{prefix}:" in properties
    )
    start = f"{_HEAD}{namespaces}>{properties}{_FOOT}".encode()
    needed = len(start) + len(_END)
    free = length - needed if length >= needed else PADDING
    return start + _blank(free) + _END


def _blank(length: int) -> bytes:
    """Lines of spaces, as the specification recommends for padding."""
    return (b" " * 99 + b"\n") * (length // 100) + b" " * (length % 100)


def _properties(rights: Rights) -> str:
    creators = "".join(f"<rdf:li>{escape(name)}</rdf:li>" for name in rights.creators)
    return "".join(
        (
            f"<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator>" if creators else "",
            _alternatives("dc:rights", rights.copyright),
            _plain("photoshop:Credit", rights.credit),
            _plain("xmpRights:WebStatement", rights.licence),
            _alternatives("xmpRights:UsageTerms", rights.usage_terms),
            _resource("cc:license", rights.licence),
            _plain("Iptc4xmpExt:DigitalSourceType", rights.source_type_url),
        )
    )


def _plain(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _alternatives(name: str, text: str) -> str:
    if not text:
        return ""
    item = f"<rdf:li xml:lang='x-default'>{escape(text)}</rdf:li>"
    return f"<{name}><rdf:Alt>{item}</rdf:Alt></{name}>"


def _resource(name: str, url: str) -> str:
    escaped = escape(url, {"'": "&apos;"})
    return f"<{name} rdf:resource='{escaped}'/>" if url else ""

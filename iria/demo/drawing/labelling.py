"""Writing into a JPEG what a picture agency writes: IPTC-IIM, and the same again as XMP.

IIM is the old block of numbered fields inside Photoshop's APP13 segment; XMP is RDF in APP1. Both
go directly behind the first marker, where every reader looks.
"""

from dataclasses import dataclass, field
from datetime import date
from struct import pack
from xml.sax.saxutils import escape

_UTF8 = b"\x1b%G"  # the escape sequence with which IIM's 1:90 announces UTF-8
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
_LONGEST_SEGMENT = 65533
_LIMITS = {5: 64, 25: 64, 80: 32, 90: 32, 101: 64, 105: 256, 110: 32, 115: 32, 116: 128, 120: 2000}


@dataclass(frozen=True, slots=True)
class Label:
    """What a picture says about itself."""

    headline: str
    caption: str
    alt_text: str
    byline: str
    credit: str
    source: str
    copyright_notice: str
    usage_terms: str
    made_on: date
    keywords: tuple[str, ...] = field(default=())


def labelled(jpeg: bytes, label: Label) -> bytes:
    """The same JPEG with the label in it.

    Raises:
        ValueError: these bytes are no JPEG.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        sentence = "Only a JPEG file can be labelled."
        raise ValueError(sentence)
    segments = _segment(0xE1, _XMP_HEADER + xmp(label)) + _segment(0xED, iptc(label))
    after = _end_of_jfif(jpeg)
    return jpeg[:after] + segments + jpeg[after:]


def _end_of_jfif(jpeg: bytes) -> int:
    """Where the first marker, or the JFIF header that must directly follow it, ends."""
    if jpeg[2:4] != b"\xff\xe0":
        return 2
    return 4 + int.from_bytes(jpeg[4:6])


def iptc(label: Label) -> bytes:
    """The Photoshop block 0x0404 with the fields of IPTC-IIM."""
    day = label.made_on.strftime("%Y%m%d")
    fields = [
        (5, label.headline),
        *[(25, keyword) for keyword in label.keywords],
        (55, day),
        (80, label.byline),
        (105, label.headline),
        (110, label.credit),
        (115, label.source),
        (116, label.copyright_notice),
        (120, label.caption),
    ]
    block = _dataset(1, 90, _UTF8) + _dataset(2, 0, pack(">H", 4))
    for number, value in fields:
        block += _dataset(2, number, _cut(value, _LIMITS.get(number, 2000)))
    padded = block + b"\x00" * (len(block) % 2)
    return b"Photoshop 3.0\x00" + b"8BIM\x04\x04\x00\x00" + pack(">I", len(block)) + padded


def xmp(label: Label) -> bytes:
    """The label as an XMP packet."""
    words = {
        "dc:description": _alternatives(label.caption),
        "dc:rights": _alternatives(label.copyright_notice),
        "dc:title": _alternatives(label.headline),
        "dc:creator": f"<rdf:Seq><rdf:li>{escape(label.byline)}</rdf:li></rdf:Seq>",
        "dc:subject": f"<rdf:Bag>{''.join(f'<rdf:li>{escape(word)}</rdf:li>' for word in label.keywords)}</rdf:Bag>",
        "photoshop:Headline": escape(label.headline),
        "photoshop:Credit": escape(label.credit),
        "photoshop:Source": escape(label.source),
        "photoshop:DateCreated": label.made_on.isoformat(),
        "xmpRights:UsageTerms": _alternatives(label.usage_terms),
        "xmpRights:Marked": "True",
        "Iptc4xmpCore:AltTextAccessibility": _alternatives(label.alt_text),
    }
    rows = "\n".join(f"   <{name}>{value}</{name}>" for name, value in words.items())
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
    xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">
{rows}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
    return packet.encode()


def _alternatives(words: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(words)}</rdf:li></rdf:Alt>'


def _cut(words: str, limit: int) -> bytes:
    """At most `limit` bytes of UTF-8, never half a letter."""
    return words.encode()[:limit].decode(errors="ignore").encode()


def _dataset(record: int, number: int, value: bytes) -> bytes:
    return bytes((0x1C, record, number)) + pack(">H", len(value)) + value


def _segment(marker: int, content: bytes) -> bytes:
    if len(content) > _LONGEST_SEGMENT:
        sentence = "The label is too long for one segment of a JPEG file."
        raise ValueError(sentence)
    return bytes((0xFF, marker)) + pack(">H", len(content) + 2) + content

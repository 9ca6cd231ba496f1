"""The elements of a WXR file, one after the other in flat memory.

WXR is RSS with elements of WordPress. Names are compared without their namespace, because its URL has the
version of the format in it and files with several versions exist.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat.errors import (
    XML_ERROR_NO_ELEMENTS,
    XML_ERROR_UNCLOSED_CDATA_SECTION,
    XML_ERROR_UNCLOSED_TOKEN,
    codes,
)

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import iterparse

from iria.transfer.records import Unreadable

NAMESPACE: Final = "{http://wordpress.org/export/"
NO_EXPORT: Final = (
    "This is not a WordPress export. Make one in WordPress under Tools, Export, All content."
)
DEEPEST: Final = 100
"""Elements within each other; WXR needs five."""
INCOMPLETE: Final = {
    codes[each]
    for each in (XML_ERROR_NO_ELEMENTS, XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_UNCLOSED_CDATA_SECTION)
}
BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
CONTROLS: Final = bytes({*range(32)} - {9, 10, 13})
"""What XML forbids and texts in a database may have all the same: nobody sees it."""
BLANK: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s+(?=<\?xml)")
WHERE: Final = re.compile(r"^(?P<reason>.*): line (?P<line>\d+), column \d+$", re.DOTALL)


def elements(file: Path) -> Iterator[Element]:
    """The children of `channel`, each complete; it is emptied when the next one is asked for.

    Raises:
        Unreadable: the file is not well-formed, declares entities, or is no WordPress export; wherever that
            turns out.
    """
    with reading(file, "an export") as source:
        yield from _children(source)


class _Tolerant:
    """Bytes without control characters and, in front of the XML declaration, without the blank lines of plugins."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        head = file.read(1000)
        blank = BLANK.match(head)
        self.blank_lines = blank[0].count(b"\n") if blank else 0
        file.seek(blank.end() if blank else 0)
        # In UTF-16 the same bytes are parts of letters.
        self._forbidden = b"" if b"\x00" in head[:4] or head[:2] in BOMS else CONTROLS

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        while content and not (kept := content.translate(None, self._forbidden)):
            content = self._file.read(size)
        return kept if content else b""


@contextmanager
def reading(file: Path, what: str) -> Iterator[_Tolerant]:
    """The opened file; what goes wrong with its XML becomes Unreadable."""
    blank_lines = 0
    try:
        with file.open("rb") as opened:
            source = _Tolerant(opened)
            blank_lines = source.blank_lines
            yield source
    except ParseError as error:
        found = WHERE.match(str(error))
        reason = found["reason"] if found else str(error)
        message = f"The XML is broken: {reason}."
        if error.code in INCOMPLETE:
            message = f"The file ends in the middle ({reason}). Export or copy it again."
        raise Unreadable(message, error.position[0] + blank_lines) from error
    except DTDForbidden as error:
        message = f"The file declares a document type, which {what} never does."
        raise Unreadable(message) from error
    except DefusedXmlException as error:
        message = f"The file declares entities, which {what} never does."
        raise Unreadable(message) from error
    except (ValueError, LookupError, UnicodeError) as error:
        message = f"The encoding of the file cannot be read: {error}."
        raise Unreadable(message) from error
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}."
        raise Unreadable(message) from error


def _children(source: Any) -> Iterator[Element]:
    opened: list[Element] = []
    is_rss = is_export = False
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            opened.append(element)
            is_export = is_export or element.tag.startswith(NAMESPACE)
            is_rss = is_rss or (len(opened) == 1 and element.tag == "rss")
            if len(opened) > DEEPEST:
                message = f"Elements are nested more than {DEEPEST} deep."
                raise Unreadable(message)
            continue
        opened.pop()
        if len(opened) == 2 and opened[1].tag == "channel":
            yield element
            opened[1].remove(element)
        elif len(opened) < 3:
            # Nothing outside the channel is kept, so memory stays flat for any file.
            for parent in opened[-1:]:
                parent.remove(element)
    # At the end, so that a broken file is called broken.
    if not (is_rss and is_export):
        raise Unreadable(NO_EXPORT, 1)


def name(element: Element) -> str:
    """The name without its namespace; the two `encoded` are told apart."""
    space, _, local = element.tag.rpartition("}")
    return "excerpt" if local == "encoded" and "excerpt" in space else local


def values(element: Element) -> dict[str, str]:
    """The text of every child by its name; of several with one name the first."""
    found: dict[str, str] = {}
    for child in element:
        found.setdefault(name(child), child.text or "")
    return found

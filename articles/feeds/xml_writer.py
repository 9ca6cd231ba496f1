"""Writing an XML document."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from typing import Final
from xml.sax.xmlreader import AttributesImpl

from django.utils.xmlutils import SimplerXMLGenerator

ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold. One such sign, pasted in from elsewhere, makes a feed unreadable."""


def legal(text: str) -> str:
    """The text without the signs that XML 1.0 forbids."""
    return ILLEGAL.sub("", text)


class Document:
    """An XML document in the making: elements with elements inside, and leaves with text."""

    def __init__(self) -> None:
        self._out = StringIO()
        self._xml = SimplerXMLGenerator(self._out, "utf-8", short_empty_elements=True)
        self._xml.startDocument()

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        self._xml.startElement(name, AttributesImpl(dict(attributes or {})))
        yield
        self._xml.endElement(name)

    def leaf(self, name: str, text: str = "", attributes: Mapping[str, str] | None = None) -> None:
        with self.element(name, attributes):
            if text:
                self._xml.characters(text)

    def as_bytes(self) -> bytes:
        return self._out.getvalue().encode()

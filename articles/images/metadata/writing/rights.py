"""The rights that are embedded in a rendition, and the error if that fails."""

import re
from dataclasses import dataclass, fields
from typing import Final


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

"""When a file cannot carry what it should.

What is written into a rendition, and nothing else.
"""

import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Final


class CannotEmbed(Exception):
    """The container is broken or of a form that is not written here; the message says which.

    The picture is then made anew from its private original.
    """


MAX_TEXT: Final = 1_000
"""Characters of one field: of all of them together, however they are escaped, a JPEG can hold a packet."""

SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Rights:
    """Whose a picture is. Every field is a text, empty where nothing is known."""

    credit: str = ""
    """The line as readers see it."""
    creator: str = ""
    """Who made it; several are parted by `; `."""
    copyright: str = ""
    licence: str = ""
    """The address of the licence."""
    usage_terms: str = ""
    digital_source_type: str = ""
    """IPTC's word for how it was made (`trainedAlgorithmicMedia`), or its whole address."""

    def __post_init__(self) -> None:
        for field in fields(self):
            text = _UNWRITABLE.sub(" ", getattr(self, field.name)).strip()
            object.__setattr__(self, field.name, text[:MAX_TEXT].rstrip())

    @property
    def creators(self) -> list[str]:
        return [name for part in self.creator.split("; ") if (name := part.strip(" ;"))]

    @property
    def source_type_address(self) -> str:
        word = self.digital_source_type
        return word if not word or "://" in word else SOURCE_TYPES + word

    def as_order(self) -> dict[str, Any]:
        """For a process that takes orders as JSON; `Rights(**order)` is the way back."""
        return asdict(self)

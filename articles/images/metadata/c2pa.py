"""The digital source type in a C2PA manifest. Source: C2PA Technical Specification 2, 18.15.

Only terms of the IPTC vocabulary are read. Signatures are not verified, nor whether the manifest
belongs to these pixels: like every other block, it states what its author declared.
"""

import re
from typing import Final

_SOURCE_TYPES: Final = re.compile(
    rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/[A-Za-z]{3,60}"
)

_AI_TYPES: Final = (
    b"/compositeWithTrainedAlgorithmicMedia",
    b"/trainedAlgorithmicMedia",
    b"/compositeSynthetic",
    b"/algorithmicMedia",
)
"""A manifest contains a history. If AI was used anywhere in it, that counts, composites first;
otherwise the last entry counts."""


def read(block: bytes) -> dict[str, list[str]]:
    """The digital source type, if the manifest has one."""
    types = _SOURCE_TYPES.findall(block)
    with_ai = (each for part in _AI_TYPES for each in types if each.endswith(part))
    found = next(with_ai, types[-1] if types else b"")
    return {"digital_source_type": [found.decode("ascii")]} if found else {}

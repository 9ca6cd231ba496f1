"""What a C2PA manifest says of how a picture came to be. Source: C2PA Technical Specification 2, 18.15.

Only the words of the vocabulary are taken; whether the manifest is signed, by whom, and whether it
belongs to these pixels is not looked at. It is believed as every other block is: whoever wanted to
say that a machine made the picture has said so.
"""

import re
from typing import Final

_WORDS: Final = re.compile(rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/[A-Za-z]{3,60}")

_MACHINES: Final = (
    b"/compositeWithTrainedAlgorithmicMedia",
    b"/trainedAlgorithmicMedia",
    b"/compositeSynthetic",
    b"/algorithmicMedia",
)
"""A manifest tells a history. If a machine had a part anywhere in it, that is what readers should
know, and of a mixture that it is one; else the last word counts."""


def read(block: bytes) -> dict[str, list[str]]:
    """The digital source type, where the manifest names one."""
    said = _WORDS.findall(block)
    by_machines = (word for part in _MACHINES for word in said if word.endswith(part))
    found = next(by_machines, said[-1] if said else b"")
    return {"digital_source_type": [found.decode("ascii")]} if found else {}

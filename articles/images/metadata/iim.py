"""Reads IPTC-IIM, the old format of press agencies, which many still write.

Source: IPTC-NAA Information Interchange Model, version 4.2, records 1 and 2.
"""

from typing import Final

from articles.images.metadata.charsets import Hints, declared, decoded
from articles.images.metadata.fields import MAX_BLOCK, MAX_VALUES

Datasets = dict[tuple[int, int], list[bytes]]

TEXTS: Final = {
    "title": (2, 5),
    "keywords": (2, 25),
    "byline": (2, 80),
    "city": (2, 90),
    "country": (2, 101),
    "headline": (2, 105),
    "credit": (2, 110),
    "source": (2, 115),
    "copyright": (2, 116),
    "caption": (2, 120),
}
LIMITS: Final = {
    "title": 64,
    "keywords": 64,
    "byline": 32,
    "city": 32,
    "country": 64,
    "headline": 256,
    "credit": 32,
    "source": 32,
    "copyright": 128,
    "caption": 2000,
}
"""Maximum bytes of each field; programs truncate longer values, so a value of that length is suspect."""

MARKER: Final = 0x1C
"""Start of every dataset."""

_CHARSET: Final = (1, 90)
_DATE: Final = (2, 55)
_TIME: Final = (2, 60)


def parse(block: bytes) -> Datasets:
    """The datasets of a block, up to the first invalid byte."""
    found: Datasets = {}
    at = 0
    while at + 5 <= len(block) <= MAX_BLOCK and block[at] == MARKER:
        record, dataset = block[at + 1], block[at + 2]
        length = int.from_bytes(block[at + 3 : at + 5])
        at += 5
        if length & 0x8000:  # an extended dataset: the length of the length
            size = length & 0x7FFF
            length = int.from_bytes(block[at : at + size]) if size <= 8 else len(block)
            at += size
        if at + length > len(block):
            break
        found.setdefault((record, dataset), []).append(block[at : at + length])
        at += length
    return found


def read(block: bytes, hints: Hints | None = None) -> dict[str, list[str]]:
    """Field → its values as text, and `taken` if there is a date.

    All values are decoded together, because one program wrote them in one character set.
    """
    datasets = parse(block)
    raw = [
        (field, value.strip(b"\x00"))
        for field, key in TEXTS.items()
        for value in datasets.get(key, [])[:MAX_VALUES]
    ]
    charset = declared(b"".join(datasets.get(_CHARSET, [])[:1]))
    texts = decoded([value for _, value in raw], hints or Hints(), charset)
    found: dict[str, list[str]] = {}
    for (field, _), text in zip(raw, texts, strict=True):
        found.setdefault(field, []).append(text)
    taken = _timestamp(datasets)
    return {**found, "taken": [taken]} if taken else found


def _timestamp(datasets: Datasets) -> str | None:
    """Date and time created as ISO 8601; only the date if there is no time."""
    day = b"".join(datasets.get(_DATE, [])[:1]).decode("ascii", "replace")
    clock = b"".join(datasets.get(_TIME, [])[:1]).decode("ascii", "replace")
    if not (len(day) == 8 and day.isdigit()):
        return None
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if len(clock) < 6 or not clock[:6].isdigit():
        return date
    moment = f"{date}T{clock[:2]}:{clock[2:4]}:{clock[4:6]}"
    if len(clock) == 11 and clock[6] in "+-" and clock[7:].isdigit():
        moment += f"{clock[6:9]}:{clock[9:]}"
    return moment

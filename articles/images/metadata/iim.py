"""IPTC-IIM, the press agencies' block of the nineties, still written by many of them.

Source: IPTC-NAA Information Interchange Model, version 4.2, records 1 and 2.
"""

from typing import Final

from articles.images.metadata.values import MAX_BLOCK

Datasets = dict[tuple[int, int], list[bytes]]

TEXTS: Final = {
    "title": (2, 5),
    "byline": (2, 80),
    "city": (2, 90),
    "country": (2, 101),
    "headline": (2, 105),
    "credit": (2, 110),
    "source": (2, 115),
    "copyright": (2, 116),
    "caption": (2, 120),
    "keywords": (2, 25),
}
LIMITS: Final = {
    "title": 64,
    "byline": 32,
    "city": 32,
    "country": 64,
    "headline": 256,
    "credit": 32,
    "source": 32,
    "copyright": 128,
    "caption": 2000,
    "keywords": 64,
}
"""How many bytes each field may have; programs cut what is longer, so a value of that length is suspect."""

MARKER: Final = 0x1C
"""Every dataset begins with it."""

_CHARSET: Final = (1, 90)
_DATE: Final = (2, 55)
_TIME: Final = (2, 60)


def parse(block: bytes) -> Datasets:
    """The datasets of a block, up to the first thing that is none."""
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


def read(block: bytes) -> dict[str, list[str]]:
    """Field → its values as text, and `taken` where there is a date."""
    datasets = parse(block)
    utf8 = any(mark.startswith(b"\x1b%G") for mark in datasets.get(_CHARSET, []))
    found = {
        field: [decode(value, utf8=utf8) for value in datasets[key]]
        for field, key in TEXTS.items()
        if key in datasets
    }
    taken = _moment(datasets)
    return {**found, "taken": [taken]} if taken else found


def decode(value: bytes, *, utf8: bool) -> str:
    """Declared UTF-8; else UTF-8 where it fits, since many programs forget to declare it; else
    Windows-1252, which agrees with Latin-1 in every printable sign."""
    value = value.strip(b"\x00")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as mistake:
        if utf8 and mistake.reason == "unexpected end of data" and mistake.start > 0:
            return value[: mistake.start].decode("utf-8")  # cut in the middle of a sign
        return "".join(
            byte.decode("cp1252", "ignore") or chr(byte[0])
            for byte in (value[at : at + 1] for at in range(len(value)))
        )


def _moment(datasets: Datasets) -> str | None:
    """Date and time created, as ISO 8601; a date alone where there is no time."""
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

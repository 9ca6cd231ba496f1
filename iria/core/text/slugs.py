"""Slugs made from text."""

import unicodedata
from collections.abc import Iterable
from itertools import count

from django.utils.text import slugify

LATIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ł": "l",
        "Ł": "L",
        "ı": "i",
    }
)


def slug_from(words: str, *, fallback: str, length: int = 80) -> str:
    """A slug of at most `length` characters, cut at a word; `fallback` if it would be empty.

    Latin letters lose their accents; letters of other scripts are kept, since an Arabic headline
    in a URL is more useful than a number.
    """
    plain = unicodedata.normalize("NFKD", words.translate(LATIN))
    ascii_slug = slugify(plain)
    slug = ascii_slug if len(ascii_slug) >= len(words) // 3 else slugify(words, allow_unicode=True)
    slug = slug.strip("-_")
    if len(slug) > length:
        slug = slug[: length + 1].rsplit("-", 1)[0][:length].strip("-_")
    return slug or fallback


def free_slug(name: str, *, fallback: str, taken: Iterable[str], length: int = 80) -> str:
    """A slug of the name that is not taken: the next one of `japan`, `japan-2`, `japan-3`, …"""
    used = set(taken)
    slug = slug_from(name, fallback=fallback, length=length - 6)
    numbered = (f"{slug}-{number}" for number in count(2))
    return slug if slug not in used else next(each for each in numbered if each not in used)

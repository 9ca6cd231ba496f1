"""Slugs made from text."""

import unicodedata

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

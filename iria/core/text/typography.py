"""Quotation marks, commas and colons of a language; no-break spaces in French, before ; ! ? : and », and after «.

Only existing spaces become no-break spaces. None is added and nothing else is changed, so
`10:30`, `http://` and a smiley are unchanged. This applies to output only, not to stored text.

Also the initials of a name, shown in place of a picture.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from iria.core.text.languages import NARROW, NO_BREAK, language_of

_SPACE: Final = "(?<![ \t\r\n\u2009])[ \t\r\n\u2009]++"
"""All spaces at once, so that a long row of them takes linear time."""
_AFTER: Final = r"(?=[\s\u00a0\u202f;:!?.,…»”’\"')\]]|$)"
_NARROW_BEFORE: Final = re.compile(rf"{_SPACE}(?=»|[!?]+{_AFTER}|;(?=[\s\u00a0\u202f»”\"]|$))")
_WIDE_BEFORE: Final = re.compile(rf"{_SPACE}(?=:(?=[\s\u00a0\u202f»”\"]|$))")
_NARROW_BEHIND: Final = re.compile(rf"(?<=«){_SPACE}")
_ANY: Final = re.compile(r"[;:!?»«]")

_TAG: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<closing>/?)(?P<name>[a-zA-Z][^\s/>]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>?",
    re.DOTALL,
)
_LANGUAGE: Final = re.compile(r"\blang=[\"']?([A-Za-z-]+)")
_FRENCH_INSIDE: Final = re.compile(r"\blang=[\"']?fr\b")
_PREFORMATTED: Final = frozenset({"code", "pre", "kbd", "samp", "script", "style", "textarea"})
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track"}
    | {"wbr"}
)


def quoted(text: str, language: str) -> str:
    """Text in the quotation marks of a language."""
    return language_of(language).quotation_marks.format(text)


def comma(language: str) -> str:
    """A comma and a space."""
    return language_of(language).comma


def colon(language: str) -> str:
    """A colon after text of this language."""
    return language_of(language).colon


def listed(items: Sequence[str], conjunction: str, language: str) -> str:
    """“A, B and C”."""
    *first, last = items
    if not first:
        return last
    space = "" if language_of(language).joined_conjunction else " "
    return f"{comma(language).join(first)} {conjunction}{space}{last}"


def is_french(language: str) -> bool:
    return language_of(language).code == "fr"


def french_spaces(text: str) -> str:
    """Plain French text with no-break spaces at its punctuation."""
    if not _ANY.search(text):
        return text
    text = _NARROW_BEFORE.sub(NARROW, text)
    text = _WIDE_BEFORE.sub(NO_BREAK, text)
    return _NARROW_BEHIND.sub(NARROW, text)


def typeset(text: str, language: str) -> str:
    """Plain text with the spaces of its language."""
    return french_spaces(text) if is_french(language) else text


def typeset_html(html: str, language: str) -> str:
    """HTML with the spaces of its language; respects `lang` attributes inside.

    Tags and the content of `code` and similar elements are unchanged.
    """
    french = is_french(language)
    if not (french or _FRENCH_INSIDE.search(html)) or not _ANY.search(html):
        return html
    parts: list[str] = []
    open_tags: list[tuple[str, bool]] = []
    position = 0
    for tag in _TAG.finditer(html):
        parts.append(_convert(html[position : tag.start()], french))
        parts.append(tag[0])
        position = tag.end()
        name = (tag["name"] or "").lower()
        if not name or name in _VOID:
            continue
        if tag["closing"]:
            french = _closed(open_tags, name, french)
        else:
            open_tags.append((name, french))
            language_of_tag = _LANGUAGE.search(tag["rest"])
            if name in _PREFORMATTED:
                french = False
            elif language_of_tag:
                french = is_french(language_of_tag[1])
    parts.append(_convert(html[position:], french))
    return "".join(parts)


def _convert(text: str, french: bool) -> str:
    return french_spaces(text) if french and text else text


def _closed(open_tags: list[tuple[str, bool]], name: str, french: bool) -> bool:
    """Whether the text after a closing tag is French; ignores an unmatched closing tag."""
    if not any(opened == name for opened, _ in open_tags):
        return french
    while open_tags:
        opened, before = open_tags.pop()
        if opened == name:
            return before
    return french


def initials_of(name: str) -> str:
    """The first letters of the first and the last word; “?” for a name without letters.

    One letter in Arabic script, where the letters of two words would be joined.
    """
    words = [word for word in unicodedata.normalize("NFC", name).split() if word[0].isalnum()]
    letters = [word[0] for word in [*words[:1], *words[1:][-1:]]]
    if letters and unicodedata.bidirectional(letters[0]) == "AL":
        return letters[0]
    return "".join(letters).upper() or "?"

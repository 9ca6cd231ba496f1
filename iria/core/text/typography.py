"""Spaces at which a line must not break, in French: before ; ! ? : and », and after «.

Only a space that was typed becomes one that does not break. None is added and nothing else is touched, so
`10:30`, `http://` and a smiley stay as they are. What editors typed is kept as it is; this is for output.
"""

import re
from typing import Final

NARROW: Final = "\u202f"
NO_BREAK: Final = "\u00a0"

_SPACE: Final = "[ \t\r\n\u2009]+"
_AFTER: Final = r"(?=[\s\u00a0\u202f;:!?.,…»”’\"')\]]|$)"
_NARROW_BEFORE: Final = re.compile(rf"{_SPACE}(?=»|[!?]+{_AFTER}|;(?=[\s\u00a0\u202f»”\"]|$))")
_WIDE_BEFORE: Final = re.compile(rf"{_SPACE}(?=:(?=[\s\u00a0\u202f»”\"]|$))")
_NARROW_BEHIND: Final = re.compile(rf"(?<=«){_SPACE}")
_ANY: Final = re.compile(r"[;:!?»«]")

_TAG: Final = re.compile(
    r"<!--.*?-->|<(?P<closing>/?)(?P<name>[a-zA-Z][^\s/>]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_LANGUAGE: Final = re.compile(r"\blang=[\"']?([A-Za-z-]+)")
_FRENCH_INSIDE: Final = re.compile(r"\blang=[\"']?fr\b")
_AS_TYPED: Final = frozenset({"code", "pre", "kbd", "samp", "script", "style", "textarea"})
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track"}
    | {"wbr"}
)


def is_french(language: str) -> bool:
    return language.partition("-")[0].lower() == "fr"


def french_spaces(text: str) -> str:
    """Plain French text with no-break spaces at its punctuation."""
    if not _ANY.search(text):
        return text
    text = _NARROW_BEFORE.sub(NARROW, text)
    text = _WIDE_BEFORE.sub(NO_BREAK, text)
    return _NARROW_BEHIND.sub(NARROW, text)


def typeset(text: str, language: str) -> str:
    """Plain text as its language sets it."""
    return french_spaces(text) if is_french(language) else text


def typeset_html(html: str, language: str) -> str:
    """Markup as its language sets it; passages in another language as theirs does.

    Tags with their attributes, and what stands in `code` and the like, stay as they are.
    """
    french = is_french(language)
    if not (french or _FRENCH_INSIDE.search(html)) or not _ANY.search(html):
        return html
    parts: list[str] = []
    around: list[tuple[str, bool]] = []
    place = 0
    for tag in _TAG.finditer(html):
        parts.append(_words(html[place : tag.start()], french))
        parts.append(tag[0])
        place = tag.end()
        name = (tag["name"] or "").lower()
        if not name or name in _VOID:
            continue
        if tag["closing"]:
            french = _closed(around, name, french)
        else:
            around.append((name, french))
            language_of_tag = _LANGUAGE.search(tag["rest"])
            if name in _AS_TYPED:
                french = False
            elif language_of_tag:
                french = is_french(language_of_tag[1])
    parts.append(_words(html[place:], french))
    return "".join(parts)


def _words(text: str, french: bool) -> str:
    return french_spaces(text) if french and text else text


def _closed(around: list[tuple[str, bool]], name: str, french: bool) -> bool:
    """Whether what follows a closing tag is French; a tag that nothing opened closes nothing."""
    if not any(opened == name for opened, _ in around):
        return french
    while around:
        opened, before = around.pop()
        if opened == name:
            return before
    return french

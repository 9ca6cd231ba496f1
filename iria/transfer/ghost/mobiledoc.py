"""Texts of Ghost's former editor: Mobiledoc, versions 0.2 and 0.3.

A list of sections refers by number to lists of markups (elements within the text), atoms (short objects within it) and
cards.
"""

from html import escape
from typing import Any, Final

from iria.transfer.ghost.cards import Cards
from iria.transfer.ghost.lexical import Malformed

MARKUP: Final = 1
IMAGE: Final = 2
LIST: Final = 3
CARD: Final = 10
"""Types of sections."""
INLINE: Final = frozenset(
    {"a", "strong", "b", "em", "i", "code", "s", "del", "u", "sub", "sup", "cite"}
)
BLOCKS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
ASIDES: Final = frozenset({"aside", "pull-quote"})


class _Document:
    def __init__(self, document: dict[str, Any], cards: Cards) -> None:
        self.cards = cards
        sections = _list(document.get("sections"))
        self.is_old = str(document.get("version", "")).startswith("0.2")
        if self.is_old:
            # Markups and sections in one list, and cards within the sections.
            self.markups = _list(sections[0]) if sections else []
            sections = _list(sections[1]) if len(sections) > 1 else []
        else:
            self.markups = _list(document.get("markups"))
        self.sections = sections
        self.atoms = _list(document.get("atoms"))
        self.listed_cards = _list(document.get("cards"))

    def html(self) -> str:
        return "".join(self._section(each) for each in self.sections if isinstance(each, list))

    def _section(self, section: list[Any]) -> str:
        first, second = _at(section, 0), _at(section, 1)
        if first == MARKUP:
            inside = self._markers(_list(_at(section, 2)))
            if second in ASIDES:
                return f'<aside data-pull-quote=""><p>{inside}</p></aside>'
            tag = second if isinstance(second, str) and second in BLOCKS else "p"
            return f"<{tag}>{inside}</{tag}>"
        if first == IMAGE:
            return self.cards.html("image", {"src": second})
        if first == LIST:
            tag = "ol" if second == "ol" else "ul"
            items = "".join(
                f"<li>{self._markers(each)}</li>"
                for each in _list(_at(section, 2))
                if isinstance(each, list)
            )
            return f"<{tag}>{items}</{tag}>"
        if first == CARD:
            return self._card(section)
        return ""

    def _card(self, section: list[Any]) -> str:
        if self.is_old:
            name, payload = _at(section, 1), _at(section, 2)
        else:
            card = _list(_at(self.listed_cards, _at(section, 1)))
            name, payload = _at(card, 0), _at(card, 1)
        if not isinstance(name, str):
            return ""
        return self.cards.html(name, payload if isinstance(payload, dict) else {})

    def _markers(self, markers: list[Any]) -> str:
        opened: list[str] = []
        parts: list[str] = []
        for marker in markers:
            if not isinstance(marker, list):
                continue
            # Version 0.2 has no types, because it has no atoms.
            kind, (opening, closing, value) = (
                (0, _three(marker, 0)) if self.is_old else (_at(marker, 0), _three(marker, 1))
            )
            for number in _list(opening):
                start, end = self._markup(number)
                opened.append(end)
                parts.append(start)
            parts.append(self._atom(value) if kind == 1 else _escaped(value))
            for _ in range(min(closing, len(opened)) if isinstance(closing, int) else 0):
                parts.append(opened.pop())
        return "".join(parts + opened[::-1])

    def _markup(self, number: object) -> tuple[str, str]:
        markup = _list(_at(self.markups, number))
        tag = _at(markup, 0)
        if not isinstance(tag, str) or tag not in INLINE:
            return "", ""
        given = _list(_at(markup, 1))
        pairs = dict(zip(map(str, given[::2]), given[1::2], strict=False))
        href = pairs.get("href")
        attribute = f' href="{escape(href)}"' if tag == "a" and isinstance(href, str) else ""
        return f"<{tag}{attribute}>", f"</{tag}>"

    def _atom(self, number: object) -> str:
        atom = _list(_at(self.atoms, number))
        return "<br>" if _at(atom, 0) == "soft-return" else _escaped(_at(atom, 1))


def html(document: object, cards: Cards) -> str:
    """The document as HTML.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(document, dict) or not isinstance(document.get("sections"), list):
        raise Malformed
    return _Document(document, cards).html()


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(values: list[Any], number: object) -> Any:
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return values[number] if 0 <= number < len(values) else None


def _three(values: list[Any], start: int) -> tuple[Any, Any, Any]:
    return _at(values, start), _at(values, start + 1), _at(values, start + 2)


def _escaped(value: object) -> str:
    return escape(value, quote=False) if isinstance(value, str) else ""

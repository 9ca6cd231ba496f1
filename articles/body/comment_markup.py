"""What readers write, as markup: paragraphs, links, emphasis, quotes and lists, and nothing else.

    *leaning* or _leaning_, **strong**, [words](https://example.org), https://example.org
    > a quote
    - a list            1. a numbered list

Everything else stands as it was typed. What comes out goes through the sanitiser like every other
text; a link says `ugc nofollow`, and where its words are not its address, the site it leads to.
Every pattern takes time in proportion to the length of the text, whatever is typed.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

import nh3

LONGEST_LINK: Final = 2000
_MARKED: Final = re.compile(r"[*_\[]|https?://|^[ \t]*(?:>|[-*+] |\d{1,3}[.)] )", re.MULTILINE)
"""What a text has at least one of, if it is more than paragraphs."""
_PIECES: Final = re.compile(
    rf"\[(?P<words>[^\[\]\n]{{1,300}})\]\((?P<to>https?://[^\s()<>]{{1,{LONGEST_LINK}}})\)"
    rf"|(?P<bare>\bhttps?://[^\s<>]{{1,{LONGEST_LINK}}})"
    r"|\*\*(?P<strong>[^\s*](?:[^*\n]*[^\s*])?)\*\*"
    r"|\*(?P<star>[^\s*](?:[^*\n]*[^\s*])?)\*"
    r"|(?<!\w)_(?P<line>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
)
_TRAILING: Final = re.compile(r"[.,;:!?'\"”’»)\]}*_]+$")
_QUOTE: Final = re.compile(r"[ \t]*>[ \t]?")
_ITEM: Final = re.compile(r"[ \t]*[-*+][ \t]+(?=\S)")
_NUMBERED: Final = re.compile(r"[ \t]*\d{1,3}[.)][ \t]+(?=\S)")
DEEPEST_QUOTE: Final = 3

_cleaner: Final = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "a", "span", "blockquote", "ul", "ol", "li"},
    attributes={"a": {"href"}, "span": {"class"}},
    attribute_filter=lambda tag, name, value: (
        value if tag != "span" or value == "link-site" else None
    ),
    url_schemes={"http", "https"},
    link_rel="ugc nofollow",
)


@lru_cache(maxsize=2000)
def render_comment(text: str) -> str:
    """The text of a comment as markup that is safe to show."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _MARKED.search(text):
        return _paragraphs(text, escape)
    return _cleaner.clean(_blocks(text, DEEPEST_QUOTE))


def plain(text: str) -> str:
    """The text of a comment for a letter: without the marks of emphasis, an address behind the words that
    lead to it. Quotes and lists stay as they are typed, which is how letters write them."""
    return _PIECES.sub(_plain_piece, text.replace("\r\n", "\n").replace("\r", "\n"))


def _plain_piece(piece: re.Match[str]) -> str:
    match piece.lastgroup:
        case "to":
            address, words = piece["to"], piece["words"].strip()
            return address if words == address else f"{piece['words']} ({address})"
        case "bare":
            return piece["bare"]
    return plain(piece["strong"] or piece["star"] or piece["line"])


def _paragraphs(text: str, words: Callable[[str], str]) -> str:
    parts = (part.strip("\n") for part in re.split(r"\n{2,}", text))
    return "\n".join(f"<p>{words(part).replace('\n', '<br>')}</p>" for part in parts if part)


def _blocks(text: str, depth: int) -> str:
    """Lines of a kind that follow each other are one block."""
    made = []
    for kind, lines in groupby(text.split("\n"), key=lambda line: _kind(line, depth)):
        match kind:
            case "quote":
                inner = "\n".join(_QUOTE.sub("", line, count=1) for line in lines)
                made.append(f"<blockquote>{_blocks(inner, depth - 1)}</blockquote>")
            case "ul" | "ol":
                made.append(f"<{kind}>{''.join(_items(lines))}</{kind}>")
            case _:
                made.append(_paragraphs("\n".join(lines), _inline))
    return "\n".join(each for each in made if each)


def _kind(line: str, depth: int) -> str:
    if _QUOTE.match(line):
        return "quote" if depth else ""
    if _ITEM.match(line):
        return "ul"
    return "ol" if _NUMBERED.match(line) else ""


def _items(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        mark = _ITEM.match(line) or _NUMBERED.match(line)
        yield f"<li>{_inline(line[mark.end() :] if mark else line)}</li>"


def _inline(text: str) -> str:
    made, at = [], 0
    for piece in _PIECES.finditer(text):
        made.append(escape(text[at : piece.start()]))
        made.append(_piece(piece))
        at = piece.end()
    made.append(escape(text[at:]))
    return "".join(made)


def _piece(piece: re.Match[str]) -> str:
    match piece.lastgroup:
        case "to":
            return _link(piece["to"], piece["words"])
        case "bare":
            address = piece["bare"]
            whole = _without_trailing(address)
            return _link(whole) + escape(address[len(whole) :])
        case "strong":
            return f"<strong>{_inline(piece['strong'])}</strong>"
    return f"<em>{_inline(piece['star'] or piece['line'])}</em>"


def _without_trailing(address: str) -> str:
    """An address in a sentence ends before the sentence does; brackets of its own belong to it."""
    whole = _TRAILING.sub("", address)
    if address[len(whole) :].startswith(")") and whole.count("(") > whole.count(")"):
        whole += ")"
    return whole


def _link(address: str, words: str = "") -> str:
    try:
        site = urlsplit(address).hostname or ""
    except ValueError:
        site = ""
    if not site:
        return escape(f"[{words}]({address})" if words else address)
    link = f'<a href="{escape(address)}">{escape(words or address)}</a>'
    told = words and words.strip() != address
    return f'{link} <span class="link-site">({escape(site)})</span>' if told else link

"""Comments as HTML: paragraphs, links, emphasis, quotes and lists, and nothing else.

    *emphasis* or _emphasis_, **strong**, [text](https://example.org), https://example.org
    > a quote
    - a list            1. a numbered list

Everything else is shown as typed. The result is sanitised like every other text; links are
`ugc nofollow`, and a link with other text than its URL shows its host. Every pattern takes linear
time.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

import nh3

MAX_LINK_LENGTH: Final = 2000
_MARKED: Final = re.compile(r"[*_\[]|https?://|^[ \t]*(?:>|[-*+] |\d{1,3}[.)] )", re.MULTILINE)
"""A text without any of these has only paragraphs."""
_PIECES: Final = re.compile(
    rf"\[(?P<text>[^\[\]\n]{{1,300}})\]\((?P<url>https?://[^\s()<>]{{1,{MAX_LINK_LENGTH}}})\)"
    rf"|(?P<bare>\bhttps?://[^\s<>]{{1,{MAX_LINK_LENGTH}}})"
    r"|\*\*(?P<strong>[^\s*](?:[^*\n]*[^\s*])?)\*\*"
    r"|\*(?P<star>[^\s*](?:[^*\n]*[^\s*])?)\*"
    r"|(?<!\w)_(?P<line>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
)
_TRAILING: Final = re.compile(r"[.,;:!?'\"”’»)\]}*_]+$")
_QUOTE: Final = re.compile(r"[ \t]*>[ \t]?")
_ITEM: Final = re.compile(r"[ \t]*[-*+][ \t]+(?=\S)")
_NUMBERED: Final = re.compile(r"[ \t]*\d{1,3}[.)][ \t]+(?=\S)")
MAX_QUOTE_DEPTH: Final = 3

_cleaner: Final = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "a", "span", "blockquote", "ul", "ol", "li"},
    attributes={"a": {"href"}, "span": {"class"}},
    attribute_filter=lambda tag, name, value: (
        value if tag != "span" or value == "link-site" else None
    ),
    url_schemes={"http", "https"},
    link_rel="ugc nofollow",
)


@lru_cache(maxsize=500)
def render_comment(text: str) -> str:
    """The text of a comment as safe HTML."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _MARKED.search(text):
        return _paragraphs(text, escape)
    return _cleaner.clean(_blocks(text, MAX_QUOTE_DEPTH))


def plain(text: str) -> str:
    """A comment as plain text for e-mails: without emphasis, URLs after their link text. Quotes and
    lists stay as they are typed."""
    return _PIECES.sub(_plain_piece, text.replace("\r\n", "\n").replace("\r", "\n"))


def _plain_piece(piece: re.Match[str]) -> str:
    match piece.lastgroup:
        case "url":
            url, text = piece["url"], piece["text"].strip()
            return url if text == url else f"{piece['text']} ({url})"
        case "bare":
            return piece["bare"]
    return plain(piece["strong"] or piece["star"] or piece["line"])


def _paragraphs(text: str, render: Callable[[str], str]) -> str:
    parts = (part.strip("\n") for part in re.split(r"\n{2,}", text))
    return "\n".join(f"<p>{render(part).replace('\n', '<br>')}</p>" for part in parts if part)


def _blocks(text: str, depth: int) -> str:
    """Successive lines of one kind are a block."""
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
        case "url":
            return _link(piece["url"], piece["text"])
        case "bare":
            url = piece["bare"]
            full_url = _without_trailing(url)
            return _link(full_url) + escape(url[len(full_url) :])
        case "strong":
            return f"<strong>{_inline(piece['strong'])}</strong>"
    return f"<em>{_inline(piece['star'] or piece['line'])}</em>"


def _without_trailing(url: str) -> str:
    """A URL without the punctuation of the sentence; its own brackets belong to it."""
    full_url = _TRAILING.sub("", url)
    if url[len(full_url) :].startswith(")") and full_url.count("(") > full_url.count(")"):
        full_url += ")"
    return full_url


def _link(url: str, text: str = "") -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not host:
        return escape(f"[{text}]({url})" if text else url)
    link = f'<a href="{escape(url)}">{escape(text or url)}</a>'
    differs = text and text.strip() != url
    return f'{link} <span class="link-site">({escape(host)})</span>' if differs else link

"""The HTML of comments in WordPress as the plain text of ours (`articles.body.comment_markup`)."""

import re
from html import unescape
from typing import Final

from articles.body.tree import UNREADABLE

LINK: Final = re.compile(
    r"""<a\b[^>]*?href=["']?(https?://[^\s"'<>]+)["']?[^>]*>(.*?)</a>""", re.DOTALL | re.IGNORECASE
)
STRONG: Final = re.compile(r"<(strong|b)>\s*([^<*]+?)\s*</\1>", re.IGNORECASE)
EMPHASIS: Final = re.compile(r"<(em|i)>\s*([^<*]+?)\s*</\1>", re.IGNORECASE)
QUOTE: Final = re.compile(
    r"<blockquote\b[^>]*>((?:(?!<blockquote).)*?)</blockquote>", re.DOTALL | re.IGNORECASE
)
BREAK: Final = re.compile(r"<br\s*/?>\n?", re.IGNORECASE)
PARAGRAPH: Final = re.compile(r"</?(?:p|div|ul|ol|pre|h[1-6])\b[^>]*>", re.IGNORECASE)
ITEM: Final = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
CODE: Final = re.compile(r"<(script|style)\b.*?(?:</\1>|$)", re.DOTALL | re.IGNORECASE)
TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
BLANK: Final = re.compile(r"\n[ \t]*\n\s*")


def comment_text(html: str) -> str:
    text = UNREADABLE.sub("", html).replace("\r\n", "\n").replace("\r", "\n").replace("\x7f", "")
    text = LINK.sub(_link, CODE.sub("", text))
    text = STRONG.sub(r"**\2**", text)
    text = EMPHASIS.sub(r"*\2*", text)
    text = QUOTE.sub(_quote, text)
    text = BREAK.sub("\n", text)
    text = ITEM.sub("\n- ", PARAGRAPH.sub("\n\n", text))
    return BLANK.sub("\n\n", unescape(TAG.sub("", text))).replace("\x00", "").strip()


def _link(found: re.Match[str]) -> str:
    text = " ".join(TAG.sub("", found[2]).split())
    url = found[1]
    if not text or text.removesuffix("/") == url.removesuffix("/") or "[" in text or "]" in text:
        return url
    return f"[{text}]({url})" if "(" not in url and ")" not in url else f"{text} {url}"


def _quote(found: re.Match[str]) -> str:
    inside = BREAK.sub("\n", PARAGRAPH.sub("\n", found[1]))
    lines = [f"> {line.strip()}" for line in inside.splitlines() if line.strip()]
    return "\n\n" + "\n".join(lines) + "\n\n"

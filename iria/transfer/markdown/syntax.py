"""Markdown as its dialects have it.

CommonMark with tables, footnotes and bare URLs, and what notes of Obsidian add. Shortcodes of Hugo and tags of Liquid
that we know become Markdown or HTML; the others stay in the text as they were, so that an editor sees what is missing,
and are reported.
"""

import re
from collections.abc import Callable
from functools import cache
from html import escape
from typing import Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from iria.transfer.records import Remark

CODE: Final = (
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]{1,500}?(?<!`)(?P=ticks)(?!`)"
)
MARKED: Final = r"==(?=\S)(?P<marked>[^=\n]+?)(?<=\S)=="
WIKI_LINK: Final = r"(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]{0,300})(?P<anchor>#[^\[\]|\n]{0,300})?(?:\|(?P<alias>[^\[\]\n]{0,300}))?\]\]"
NOTE: Final = re.compile(f"{CODE}|{WIKI_LINK}", re.MULTILINE | re.DOTALL)
VAULT: Final = re.compile(
    rf"{CODE}|{WIKI_LINK}|{MARKED}|%%.*?%%|(?P<block>[ \t]+\^[\w-]{{1,50}}[ \t]*$)",
    re.MULTILINE | re.DOTALL,
)
SIZE: Final = re.compile(r"\d{1,5}(?:x\d{1,5})?")
"""Of an image, where others have its alt text."""
IMAGE_FILE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp|svg)(?:$|\?)", re.IGNORECASE
)


@cache
def parser(*, breaks: bool = False) -> MarkdownIt:
    """`breaks` makes a line break of each end of a line."""
    made = MarkdownIt("commonmark", {"html": True, "linkify": True, "breaks": breaks})
    made.enable(["table", "strikethrough", "linkify"])
    if made.linkify is not None:
        # Only with a scheme: “readme.md” would be a URL too.
        made.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    return made.use(footnote_plugin).use(deflist_plugin)


def expand_notes(
    text: str, find: Callable[[str], str], remarks: list[Remark], *, is_vault: bool
) -> str:
    """The text with links for `[[name]]` and `![[name]]`.

    In a vault of Obsidian comments, marks and names of blocks go too; elsewhere they may be something else.

    Args:
        find: name of a file, or of a text without its suffix → path in the folder, or empty.
    """

    def part(found: re.Match[str]) -> str:
        if found["fence"] or found["ticks"]:
            return found[0]
        if found["target"] is not None:
            return _link(found, find, remarks, is_vault=is_vault)
        return found["marked"] or ""

    return (VAULT if is_vault else NOTE).sub(part, text)


def _link(
    found: re.Match[str],
    find: Callable[[str], str],
    remarks: list[Remark],
    *,
    is_vault: bool,
) -> str:
    name, alias = found["target"].strip(), (found["alias"] or "").strip()
    label = alias or name.rsplit("/", 1)[-1] or (found["anchor"] or "").lstrip("#^")
    if not name:
        return label
    path = find(name)
    if not path:
        remarks.append(Remark("broken link", found[0]))
        return label if is_vault and not found["embed"] else found[0]
    target = f"</{quote(path)}>"
    if found["embed"] and IMAGE_FILE.search(path):
        return f"![{'' if SIZE.fullmatch(alias) else alias}]({target})"
    if found["embed"] and path.endswith((".md", ".markdown")):
        remarks.append(Remark("embedded note", found[0]))
    return f"[{label}]({target})"


HUGO: Final = re.compile(
    r"\{\{(?P<open>[<%])\s*(?P<end>/\s*)?(?P<name>[\w./-]+)(?P<rest>(?:[^\"`{}]|\"(?:\\.|[^\"\\])*\"|`[^`]*`)*?)"
    r"\s*(?P<alone>/)?[>%]\}\}"
)
SHOWN: Final = re.compile(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}", re.DOTALL)
"""A shortcode that a text explains instead of using it."""
HUGO_CODE: Final = re.compile(
    r"\{\{[<%]\s*highlight\s+(?P<language>[\w+#-]*)[^{}]*[>%]\}\}\n?(?P<code>.*?)\{\{[<%]\s*/\s*highlight\s*[>%]\}\}",
    re.DOTALL,
)
ATTRIBUTE: Final = re.compile(
    r"(?:(?P<name>[\w-]+)\s*=\s*)?(?:\"(?P<double>(?:\\.|[^\"\\])*)\"|`(?P<raw>[^`]*)`|'(?P<single>[^']*)'|(?P<bare>[^\s\"'`=]+))"
)
LIQUID_RAW: Final = re.compile(r"\{%-?\s*raw\s*-?%\}(?P<text>.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
LIQUID_COMMENT: Final = re.compile(
    r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL
)
LIQUID_CODE: Final = re.compile(
    r"\{%-?\s*highlight\s+(?P<language>[\w+#-]*)[^%]*%\}\n?(?P<code>.*?)\{%-?\s*endhighlight\s*-?%\}",
    re.DOTALL,
)
LIQUID_TAG: Final = re.compile(r"(?<!\{)\{%-?\s*(?P<name>[\w./-]+)(?P<rest>[^%{}]*)-?%\}")
LIQUID_PATH: Final = re.compile(
    r"\{\{-?\s*(?P<quote>[\"'])(?P<path>[^\"'{}]*)(?P=quote)\s*\|\s*(?:relative_url|absolute_url|url|prepend:[^{}]*)\s*-?\}\}"
)
LIQUID_SITE: Final = re.compile(
    r"\{\{-?\s*(?:site\.(?:baseurl|url|github\.url)|(?:\"\"|'')?\s*\|\s*relative_url)\s*-?\}\}"
)
LIQUID_VALUE: Final = re.compile(r"\{\{-?\s*(?P<name>[\w.]+)[^{}]*\}\}")
HEADING_ID: Final = re.compile(r"^(#{1,6}[ \t][^\n{]*)\{[#.][^{}\n]{0,100}\}[ \t]*$", re.MULTILINE)
KRAMDOWN: Final = re.compile(r"(?:^|(?<=\S))\{:(?!:)[^{}\n]{0,300}\}[ \t]*$", re.MULTILINE)
KRAMDOWN_BLOCK: Final = re.compile(
    r"^(?:\{:(?::|/)[^{}\n]{0,300}\}|\*\[[^\[\]\n]{1,100}\]:[^\n]*)[ \t]*$", re.MULTILINE
)
"""Options of the converter, and abbreviations."""
TABLE_OF_CONTENTS: Final = re.compile(
    r"^[ \t]*(?:[*+-]|1\.)[ \t]+\S[^\n]*\n\{:\s*toc[^}\n]*\}", re.MULTILINE
)
SOURCES: Final = ("src", "image_path", "url", "path", "image", "img", "file", "source", "link")
CAPTIONS: Final = ("caption", "description", "title")
CREDITS: Final = ("attr", "credit", "attribution", "copyright")
IDENTIFIER: Final = re.compile(r"[\w-]{1,40}")
CALLOUTS: Final = frozenset(
    {"notice", "callout", "admonition", "alert", "note", "tip", "warning", "hint", "info"}
)
NEVER_VISIBLE: Final = frozenset({"toc", "seo", "assign", "capture", "endcapture"})


def expand_shortcodes(text: str, remarks: list[Remark]) -> str:
    """The text with what we know in its place; `remarks` gets the others, each name once."""
    unknown: dict[tuple[str, str], None] = {}
    shown: list[str] = []

    def keep(written: str) -> str:
        shown.append(written)
        return f"\x02{len(shown) - 1}\x03"

    text = text.replace("\x02", "").replace("\x03", "")
    text = LIQUID_RAW.sub(lambda found: keep(found["text"]), text)
    text = SHOWN.sub(lambda found: keep(f"{{{{{found[1]}{found[2]}{found[3]}}}}}"), text)
    text = LIQUID_COMMENT.sub("", text)
    for pattern in (HUGO_CODE, LIQUID_CODE):
        text = pattern.sub(lambda found: _fence(found["language"], found["code"]), text)
    text = HUGO.sub(lambda found: _hugo(found, unknown), text)
    text = LIQUID_PATH.sub(lambda found: found["path"], text)
    text = LIQUID_SITE.sub("", text)
    text = LIQUID_TAG.sub(lambda found: _liquid(found, unknown), text)
    for found in LIQUID_VALUE.finditer(text):
        unknown["unknown Liquid tag", found["name"]] = None
    text = TABLE_OF_CONTENTS.sub("", text)
    text = KRAMDOWN_BLOCK.sub("", text)
    text = KRAMDOWN.sub("", HEADING_ID.sub(r"\1", text))
    remarks += [Remark(code, name) for code, name in unknown]
    return re.sub("\x02(\\d+)\x03", lambda found: shown[int(found[1])], text)


def _fence(language: str, code: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"\n\n{fence}{language}\n{code.strip(chr(10))}\n{fence}\n\n"


def _hugo(found: re.Match[str], unknown: dict[tuple[str, str], None]) -> str:
    name = found["name"].lower()
    named, others = attributes(found["rest"])
    if name in CALLOUTS and not found["alone"]:
        return "\n\n</aside>\n\n" if found["end"] else '\n\n<aside data-callout="">\n\n'
    if name == "details" and not found["alone"]:
        title = named.get("title") or named.get("summary") or (others[0] if others else "")
        return "\n\n" if found["end"] else f"\n\n**{title}**\n\n" if title else "\n\n"
    made = ""
    if not found["end"]:
        made = _made(name, named, others)
    elif name == "figure":
        return ""
    if not made:
        unknown["unknown shortcode", found["name"]] = None
    return made or found[0]


def _liquid(found: re.Match[str], unknown: dict[tuple[str, str], None]) -> str:
    name = found["name"].lower()
    named, others = attributes(found["rest"])
    if name in {"include", "include_cached", "include_relative"} and others:
        name = others.pop(0).rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
        if name in NEVER_VISIBLE:
            return ""
    elif name in NEVER_VISIBLE:
        return ""
    made = _made(name, named, others)
    if not made:
        what = f"include {name}" if found["name"].startswith("include") else found["name"]
        unknown["unknown Liquid tag", what] = None
    return made or found[0]


def _made(name: str, named: dict[str, str], others: list[str]) -> str:
    """HTML or Markdown for a shortcode; empty if we do not know it."""
    first = others[0] if others else ""
    number = named.get("id") or named.get("video_id") or first
    if maker := VIDEOS.get(named.get("provider", "").lower() or name):
        if first.startswith(("http://", "https://")):
            return _embed(first)
        return maker(number) if IDENTIFIER.fullmatch(number) else ""
    if name in {"tweet", "x", "twitter"}:
        user, status = named.get("user", "i"), named.get("id") or first
        if first.startswith("https://"):
            return _embed(first)
        return _embed(f"https://twitter.com/{user}/status/{status}") if status.isdecimal() else ""
    if name in {"ref", "relref"} and first:
        return first
    if name in {"link", "post_url"} and first:
        return f"/_posts/{first}.md" if name == "post_url" else f"/{first.lstrip('/')}"
    source = next((named[each] for each in SOURCES if each in named), "")
    if not IMAGE_FILE.search(source):
        source = first if IMAGE_FILE.search(first) else ""
        if source and len(others) > 1:
            # Eleventy's own has the alt text second.
            named.setdefault("alt", others[1])
    return _figure(source, named) if source else ""


def _youtube(number: str) -> str:
    return _embed(f"https://www.youtube.com/watch?v={number}")


def _vimeo(number: str) -> str:
    return _embed(f"https://vimeo.com/{number}")


def _instagram(number: str) -> str:
    return _embed(f"https://www.instagram.com/p/{number}/")


VIDEOS: Final[dict[str, Callable[[str], str]]] = {
    "youtube": _youtube,
    "youtubeplayer": _youtube,
    "vimeo": _vimeo,
    "instagram": _instagram,
}


def _embed(url: str) -> str:
    return f'\n\n<figure data-embed="{escape(url)}"></figure>\n\n'


def _figure(source: str, named: dict[str, str]) -> str:
    """The caption may have markup; the credit is labelled, so that `captions` recognises it."""
    caption = next((named[each] for each in CAPTIONS if named.get(each)), "")
    if credit := next((named[each] for each in CREDITS if named.get(each)), ""):
        caption = f"{caption} (Credit: {credit})".strip()
    caption = parser().renderInline(" ".join(caption.split()))
    alt = " ".join(named.get("alt", "").split())
    return (
        f'\n\n<figure><img src="{escape(source)}" alt="{escape(alt)}">'
        f"<figcaption>{caption}</figcaption></figure>\n\n"
    )


def attributes(text: str) -> tuple[dict[str, str], list[str]]:
    """The values with a name, and those without."""
    named: dict[str, str] = {}
    others: list[str] = []
    for each in ATTRIBUTE.finditer(text):
        value = next(
            (
                each[group]
                for group in ("double", "raw", "single", "bare")
                if each[group] is not None
            ),
            "",
        )
        if each["double"] is not None:
            value = re.sub(r"\\(.)", r"\1", value)
        if each["name"]:
            named.setdefault(each["name"].lower(), value)
        elif value != ",":
            others.append(value)
    return named, others

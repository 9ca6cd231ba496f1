"""Markdown as HTML that the writer understands (see `iria.transfer.bodies`).

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

from linkify_it import LinkifyIt
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.linkify import linkify
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from articles.body.tree import UNREADABLE, drop, replace
from iria.transfer import bodies
from iria.transfer.bodies import IMAGE_FILE, Converted, select, text_in
from iria.transfer.names import is_web_url
from iria.transfer.records import Remark

CODE: Final = (
    r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}(?P=fence)|\Z)"
    r"|(?<!`)(?P<ticks>`++)[^\n]{1,500}?(?<!`)(?P=ticks)(?!`)"
)
MARKED: Final = r"==(?=\S)(?P<marked>[^=\n]+?)(?<=\S)=="
WIKI_LINK: Final = r"(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]{0,300})(?P<anchor>#[^\[\]|\n]{0,300})?(?:\|(?P<alias>[^\[\]\n]{0,300}))?\]\]"
NOTE: Final = re.compile(f"{CODE}|{WIKI_LINK}", re.MULTILINE | re.DOTALL)
VAULT: Final = re.compile(
    rf"{CODE}|{WIKI_LINK}|{MARKED}|%%.*?%%|(?P<block>(?<![ \t])[ \t]++\^[\w-]{{1,50}}[ \t]*$)",
    re.MULTILINE | re.DOTALL,
)
SIZE: Final = re.compile(r"\d{1,5}(?:x\d{1,5})?")
"""The size of an image, which some write in place of its alt text."""
MAX_URL_LENGTH: Final = 4000
MAX_PENDING_LENGTH: Final = 100


class _Links(LinkifyIt):  # type: ignore[misc]
    def test_schema_at(self, text: str, name: str, position: int) -> int:
        """Reads no further than a URL may be long, since a bracket or quotation mark in one is read to its end."""
        start = max(0, position - 3)
        near = text[start : position + MAX_URL_LENGTH]
        return int(super().test_schema_at(near, name, position - start))


def _linkify(state: StateInline, silent: bool) -> bool:
    """The parser's own rule, which reads all that is pending for the scheme before each `://`."""
    if not silent and len(state.pending) > 10 * MAX_PENDING_LENGTH:
        pending = state.pending
        state.pending = pending[:-MAX_PENDING_LENGTH]
        state.pushPending()
        state.pending = pending[-MAX_PENDING_LENGTH:]
    return linkify(state, silent)


@cache
def markdown_parser(*, breaks: bool = False) -> MarkdownIt:
    """`breaks` makes a line break of each end of a line."""
    parser = MarkdownIt("commonmark", {"html": True, "linkify": True, "breaks": breaks})
    parser.enable(["table", "strikethrough", "linkify"])
    # Only with a scheme: “readme.md” would be a URL too.
    parser.linkify = _Links(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.inline.ruler.at("linkify", _linkify)
    return parser.use(footnote_plugin).use(deflist_plugin)


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
    match: re.Match[str],
    find: Callable[[str], str],
    remarks: list[Remark],
    *,
    is_vault: bool,
) -> str:
    name, alias = match["target"].strip(), (match["alias"] or "").strip()
    label = alias or name.rsplit("/", 1)[-1] or (match["anchor"] or "").lstrip("#^")
    if not name:
        return label
    path = find(name)
    if not path:
        remarks.append(Remark("broken link", match[0]))
        return label if is_vault and not match["embed"] else match[0]
    target = f"</{quote(path)}>"
    if match["embed"] and IMAGE_FILE.search(path):
        return f"![{'' if SIZE.fullmatch(alias) else alias}]({target})"
    if match["embed"] and path.endswith((".md", ".markdown")):
        remarks.append(Remark("embedded note", match[0]))
    return f"[{label}]({target})"


# Each run of white space or of letters is given back by none of these patterns (`++`): what follows could begin
# anywhere in it, and a long one would take the square of its length.
HUGO: Final = re.compile(
    r"\{\{(?P<open>[<%])\s*+(?P<end>/\s*+)?(?P<name>[\w./-]++)(?P<rest>(?:[^\"`{}]|\"(?:\\.|[^\"\\])*+\"|`[^`]*+`)*?)"
    r"(?P<alone>/)?[>%]\}\}"
)
SHOWN: Final = re.compile(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}", re.DOTALL)
"""A shortcode that a text explains instead of using it."""
SHOWN_END: Final = re.compile(r"\*/[>%]\}\}")
HUGO_CODE: Final = re.compile(
    r"\{\{[<%]\s*highlight\s++(?P<language>[\w+#-]*+)[^{}]*+(?<=[>%])\}\}\n?(?P<code>.*?)\{\{[<%]\s*/\s*highlight\s*[>%]\}\}",
    re.DOTALL,
)
HUGO_CODE_END: Final = re.compile(r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}")
ATTRIBUTE: Final = re.compile(
    r"(?:(?P<name>[\w-]+)\s*=\s*)?(?:\"(?P<double>(?:\\.|[^\"\\])*)\"|`(?P<raw>[^`]*)`|'(?P<single>[^']*)'|(?P<bare>[^\s\"'`=]+))"
)
LIQUID_RAW: Final = re.compile(r"\{%-?\s*raw\s*-?%\}(?P<text>.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
LIQUID_RAW_END: Final = re.compile(r"\{%-?\s*endraw\s*-?%\}")
LIQUID_COMMENT: Final = re.compile(
    r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL
)
LIQUID_COMMENT_END: Final = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
LIQUID_CODE: Final = re.compile(
    r"\{%-?\s*highlight\s++(?P<language>[\w+#-]*+)[^%]*+%\}\n?(?P<code>.*?)\{%-?\s*endhighlight\s*-?%\}",
    re.DOTALL,
)
LIQUID_CODE_END: Final = re.compile(r"\{%-?\s*endhighlight\s*-?%\}")
LIQUID_TAG: Final = re.compile(r"(?<!\{)\{%-?\s*(?P<name>[\w./-]++)(?P<rest>[^%{}]{0,2000})-?%\}")
LIQUID_PATH: Final = re.compile(
    r"\{\{-?\s*(?P<quote>[\"'])(?P<path>[^\"'{}]*)(?P=quote)\s*\|\s*(?:(?:relative_url|absolute_url|url)\s*-?|prepend:[^{}]*)\}\}"
)
LIQUID_SITE: Final = re.compile(
    r"\{\{-?\s*+(?:site\.(?:baseurl|url|github\.url)|(?:(?:\"\"|'')\s*+)?\|\s*relative_url)\s*-?\}\}"
)
LIQUID_VALUE: Final = re.compile(r"\{\{-?\s*(?P<name>[\w.]++)[^{}]*\}\}")
HEADING_ID: Final = re.compile(r"^(#{1,6}[ \t][^\n{]*)\{[#.][^{}\n]{0,100}\}[ \t]*$", re.MULTILINE)
KRAMDOWN: Final = re.compile(r"(?:^|(?<=\S))\{:(?!:)[^{}\n]{0,300}\}[ \t]*$", re.MULTILINE)
KRAMDOWN_BLOCK: Final = re.compile(
    r"^(?:\{:(?::|/)[^{}\n]{0,300}\}|\*\[[^\[\]\n]{1,100}\]:[^\n]*)[ \t]*$", re.MULTILINE
)
"""Options of the converter, and abbreviations."""
TABLE_OF_CONTENTS: Final = re.compile(
    r"^[ \t]*(?:[*+-]|1\.)[ \t]+\S[^\n]*\n\{:\s*toc[^}\n]*\}", re.MULTILINE
)
TICKS: Final = re.compile("`+")
SOURCES: Final = ("src", "image_path", "url", "path", "image", "img", "file", "source", "link")
CAPTIONS: Final = ("caption", "description", "title")
CREDITS: Final = ("attr", "credit", "attribution", "copyright")
IDENTIFIER: Final = re.compile(r"[\w-]{1,40}")
CALLOUTS: Final = frozenset(
    {"notice", "callout", "admonition", "alert", "note", "tip", "warning", "hint", "info"}
)
VIDEOS: Final = {
    **dict.fromkeys(("youtube", "youtubeplayer"), "https://www.youtube.com/watch?v={}"),
    "vimeo": "https://vimeo.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
}
NEVER_VISIBLE: Final = frozenset({"toc", "seo", "assign", "capture", "endcapture"})


def expand_shortcodes(text: str, remarks: list[Remark]) -> str:
    """The text with what we know in its place; `remarks` gets the others, each name once."""
    unknown: dict[tuple[str, str], None] = {}
    shown: list[str] = []

    def keep(written: str) -> str:
        shown.append(written)
        return f"\x02{len(shown) - 1}\x03"

    text = text.replace("\x02", "").replace("\x03", "")

    def raw(found: re.Match[str]) -> str:
        return keep(found["text"])

    def explained(found: re.Match[str]) -> str:
        return keep(f"{{{{{found[1]}{found[2]}{found[3]}}}}}")

    text = _replaced(LIQUID_RAW, LIQUID_RAW_END, raw, text)
    text = _replaced(SHOWN, SHOWN_END, explained, text)
    text = _replaced(LIQUID_COMMENT, LIQUID_COMMENT_END, lambda _: "", text)
    text = _replaced(HUGO_CODE, HUGO_CODE_END, _fence, text)
    text = _replaced(LIQUID_CODE, LIQUID_CODE_END, _fence, text)
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


def _replaced(
    pattern: re.Pattern[str],
    end: re.Pattern[str],
    instead: Callable[[re.Match[str]], str],
    text: str,
) -> str:
    """The text with other parts from a mark to its end; what has no end is not searched for one again and again."""
    last = max((found.end() for found in end.finditer(text)), default=0)
    return pattern.sub(instead, text[:last]) + text[last:]


def _fence(found: re.Match[str]) -> str:
    code = found["code"]
    ticks = max(map(len, TICKS.findall(code)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"\n\n{fence}{found['language']}\n{code.strip(chr(10))}\n{fence}\n\n"


def _hugo(found: re.Match[str], unknown: dict[tuple[str, str], None]) -> str:
    name = found["name"].lower()
    named, others = attributes(found["rest"])
    if name in CALLOUTS and not found["alone"]:
        return "\n\n</aside>\n\n" if found["end"] else '\n\n<aside data-callout="">\n\n'
    if name == "details" and not found["alone"]:
        title = named.get("title") or named.get("summary") or (others[0] if others else "")
        return "\n\n" if found["end"] else f"\n\n**{title}**\n\n" if title else "\n\n"
    html = ""
    if not found["end"]:
        html = _made(name, named, others)
    elif name == "figure":
        return ""
    if not html:
        unknown["unknown shortcode", found["name"]] = None
    return html or found[0]


def _liquid(found: re.Match[str], unknown: dict[tuple[str, str], None]) -> str:
    name = found["name"].lower()
    named, others = attributes(found["rest"])
    if name in {"include", "include_cached", "include_relative"} and others:
        name = others.pop(0).rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
        if name in NEVER_VISIBLE:
            return ""
    elif name in NEVER_VISIBLE:
        return ""
    html = _made(name, named, others)
    if not html:
        what = f"include {name}" if found["name"].startswith("include") else found["name"]
        unknown["unknown Liquid tag", what] = None
    return html or found[0]


def _made(name: str, named: dict[str, str], others: list[str]) -> str:
    """HTML or Markdown for a shortcode; empty if we do not know it."""
    first = others[0] if others else ""
    number = named.get("id") or named.get("video_id") or first
    if url := VIDEOS.get(named.get("provider", "").lower() or name):
        if is_web_url(first):
            return _embed(first)
        return _embed(url.format(number)) if IDENTIFIER.fullmatch(number) else ""
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


def _embed(url: str) -> str:
    return f'\n\n<figure data-embed="{escape(url)}"></figure>\n\n'


def _figure(source: str, named: dict[str, str]) -> str:
    """The caption may have markup; the credit is labelled, so that `captions` recognises it."""
    caption = next((named[each] for each in CAPTIONS if named.get(each)), "")
    if credit := next((named[each] for each in CREDITS if named.get(each)), ""):
        caption = f"{caption} (Credit: {credit})".strip()
    caption = markdown_parser().renderInline(" ".join(caption.split()))
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


PARTS: Final = ("article", "main", "body")
"""The elements that contain the text of a whole page; the first that exists is used."""
META: Final = {
    "description": "description",
    "author": "author",
    "keywords": "keywords",
    **dict.fromkeys(
        ("article:published_time", "date", "dc.date", "dcterms.date", "datepublished"), "date"
    ),
    **dict.fromkeys(("article:modified_time", "datemodified"), "lastmod"),
    "og:image": "og_image",
    "robots": "robots",
}
"""Name of a `meta` element → field."""
TASK: Final = re.compile(r"\[([ xX])\] ")
CALLOUT: Final = re.compile(r"\s*\[![\w-]{1,30}\][+-]?[ \t]*")
MAX_CAPTION_LENGTH: Final = 500
REMOVED: Final = ("script", "style", "nav", "form", "template")


def convert(
    text: str,
    *,
    is_markdown: bool,
    is_vault: bool,
    find: Callable[[str], str],
    identify: Callable[[str], str],
    link: Callable[[str], str],
) -> Converted:
    """The body as HTML.

    Args:
        is_vault: of notes of Obsidian.
        find: see `expand_notes`.
        identify: URL of an image as in the text → its source id.
        link: target of a link as in the text → the one to use instead.
    """
    remarks: list[Remark] = []
    text = UNREADABLE.sub("", expand_shortcodes(text, remarks))
    if is_markdown:
        text = expand_notes(text, find, remarks, is_vault=is_vault)
        try:
            text = markdown_parser(breaks=is_vault).render(text)
        except (RecursionError, IndexError, ValueError):
            remarks.append(Remark("Markdown not understood", "The text was imported as it was."))
    elif "<body" in text.lower():
        text = _main_part(text)

    def prepare(tree: HtmlElement) -> list[Remark]:
        footnotes(tree)
        _captions(tree)
        remarks = bodies.apply(RULES, tree) if is_markdown else []
        for anchor in tree.iter("a"):
            if href := anchor.get("href"):
                anchor.set("href", link(href))
        return remarks

    result = bodies.convert_html(text, identify, prepare)
    result.remarks[:0] = remarks
    return result


def _task(item: HtmlElement) -> None:
    """`[x]` at the beginning of an item of a list."""
    first = item[0] if not (item.text or "").strip() and len(item) else item
    if found := TASK.match(first.text or ""):
        first.text = f"{'☐' if found[1] == ' ' else '☑'} {(first.text or '')[found.end() :]}"


def _callout(quotation: HtmlElement) -> None:
    """A quotation that begins with `[!NOTE]`, as GitHub, Hugo and Obsidian have it."""
    first = quotation[0] if len(quotation) else None
    match = CALLOUT.match(first.text or "") if first is not None and first.tag == "p" else None
    if first is None or match is None:
        return
    quotation.tag = "aside"
    quotation.set("data-callout", "")
    title, line_end, rest = (first.text or "")[match.end() :].partition("\n")
    first.text = rest if line_end else None
    if title := title.strip():
        heading = lxml_html.Element("p")
        etree.SubElement(heading, "strong").text = title
        quotation.insert(0, heading)
        if not line_end and len(first) and first[0].tag == "br":
            # Its title ends with a line break.
            first.text = (first[0].tail or "").lstrip()
            first.remove(first[0])
    if not first.text_content().strip() and next(first.iter("img"), None) is None:
        first.drop_tree()


RULES: Final[dict[str, bodies.Action]] = {"li": _task, "blockquote": _callout}


def page_fields(page: str) -> dict[str, str]:
    """What the head of a whole page says, by the names of front matter."""
    tree = bodies.parse_page(page)
    fields = {"lang": tree.get("lang") or ""}
    # The title of a page usually has the name of the site too, its heading has not.
    fields["title"] = escape(text_in(tree, "h1"), quote=False)
    for each in tree.iter("meta"):
        name = (each.get("name") or each.get("property") or each.get("itemprop") or "").lower()
        if field := META.get(name):
            fields.setdefault(field, " ".join((each.get("content") or "").split()))
    for each in tree.iter("link"):
        if each.get("rel") == "canonical":
            fields.setdefault("canonical", (each.get("href") or "").strip())
    return {field: value for field, value in fields.items() if value}


def _main_part(page: str) -> str:
    tree = bodies.parse_page(page)
    drop(tree, tree.iter(*REMOVED))
    main = next((part for name in PARTS if (part := next(tree.iter(name), None)) is not None), tree)
    if (title := next(main.iter("h1"), None)) is not None:
        # The title of the text, which the page has above it.
        title.drop_tree()
    main.tag = "div"
    return str(lxml_html.tostring(main, encoding="unicode", with_tail=False))


def footnotes(tree: HtmlElement) -> None:
    """A link to a note below the text becomes the note."""
    notes: dict[str, str] = {}
    sections = [*select(tree, "section.footnotes"), *select(tree, "div.footnotes")]
    for section in sections:
        for note in section.iter("li"):
            notes[f"#{note.get('id', '')}"] = _plain_note(note)
    drop(tree, sections)
    drop(tree, select(tree, "hr.footnotes-sep"))
    for anchor in list(tree.iter("a")):
        if text := notes.get(anchor.get("href") or ""):
            mark = anchor.getparent()
            outer = mark if mark is not None and mark.tag == "sup" and len(mark) == 1 else anchor
            replace(outer, bodies.footnote(text))


def _plain_note(note: HtmlElement) -> str:
    """A note has no markup here, so a link in it is written out."""
    drop(note, (each for each in note.iter("a") if "footnote-back" in (each.get("class") or "")))
    for anchor in list(note.iter("a")):
        href = anchor.get("href") or ""
        if href.startswith(("http://", "https://")) and href not in anchor.text_content():
            anchor.text = f"{anchor.text_content()} ({href})"
            for child in list(anchor):
                anchor.remove(child)
    return " ".join(note.text_content().split())


def _captions(tree: HtmlElement) -> None:
    """An image alone in its paragraph has its title, or the emphasised text below it, as caption."""
    sizes: dict[HtmlElement, int] = {}
    for image in list(tree.iter("img")):
        outer = image
        parent = image.getparent()
        is_alone = image.getprevious() is None and image.getnext() is None
        if parent is not None and parent.tag == "a" and is_alone:
            outer, parent = parent, parent.getparent()
        if parent is None or parent.tag != "p" or _size(parent, sizes) > 2:
            continue
        rest = [each for each in parent if each is not outer and each.tag != "br"]
        texts = [parent.text, outer.tail, *(each.tail for each in parent if each is not outer)]
        if any((text or "").strip() for text in texts):
            continue
        below = parent.getnext()
        caption: HtmlElement | None = None
        if len(rest) == 1 and rest[0].tag in {"em", "small", "i"}:
            caption = rest[0]
        elif not rest and below is not None and _is_emphasised(below):
            caption = below[0]
            below.drop_tree()
        elif rest:
            continue
        figure = lxml_html.Element("figure")
        outer.tail = None
        figure.append(outer)
        if caption is not None:
            caption.tag, caption.tail = "figcaption", None
            figure.append(caption)
        elif title := image.get("title"):
            etree.SubElement(figure, "figcaption").text = title
        replace(parent, figure)


def _size(paragraph: HtmlElement, known: dict[HtmlElement, int]) -> int:
    """How many elements it has, without line breaks; of a paragraph with many images counted once."""
    if paragraph not in known:
        known[paragraph] = sum(each.tag != "br" for each in paragraph)
    return known[paragraph]


def _is_emphasised(paragraph: HtmlElement) -> bool:
    return (
        paragraph.tag == "p"
        and len(paragraph.text_content()) <= MAX_CAPTION_LENGTH
        and len(paragraph) == 1
        and paragraph[0].tag in {"em", "i", "small"}
        and not (paragraph.text or "").strip()
        and not (paragraph[0].tail or "").strip()
        and next(paragraph.iter("img"), None) is None
    )

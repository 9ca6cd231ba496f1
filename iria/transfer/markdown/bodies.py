"""Markdown as HTML that the writer understands (see `iria.transfer.bodies`)."""

import re
from collections.abc import Callable
from html import escape
from typing import Final

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, replace
from iria.transfer import bodies
from iria.transfer.bodies import Converted, classes_of
from iria.transfer.markdown import syntax
from iria.transfer.records import Remark

PARTS: Final = ("article", "main", "body")
"""Of a whole page, where its text is; the first that is there."""
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
LONGEST_CAPTION: Final = 500
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
        find: see `syntax.expand_notes`.
        identify: URL of an image as in the text → its source id.
        link: target of a link as in the text → the one to use instead.
    """
    remarks: list[Remark] = []
    text = UNREADABLE.sub("", syntax.expand_shortcodes(text, remarks))
    if is_markdown:
        text = syntax.expand_notes(text, find, remarks, is_vault=is_vault)
        try:
            text = syntax.parser(breaks=is_vault).render(text)
        except (RecursionError, IndexError, ValueError):
            remarks.append(Remark("Markdown not understood", "The text was imported as it was."))
    elif "<body" in text.lower():
        text = _main_part(text)

    def prepare(tree: HtmlElement) -> None:
        footnotes(tree)
        _captions(tree)
        if is_markdown:
            _tasks(tree)
            _callouts(tree)
        for anchor in tree.iter("a"):
            if href := anchor.get("href"):
                anchor.set("href", link(href))

    result = bodies.convert_html(text, identify, prepare)
    result.remarks[:0] = remarks
    return result


def _tasks(tree: HtmlElement) -> None:
    """`[x]` at the beginning of an item of a list."""
    for item in tree.iter("li"):
        first = item[0] if not (item.text or "").strip() and len(item) else item
        if found := TASK.match(first.text or ""):
            first.text = f"{'☐' if found[1] == ' ' else '☑'} {(first.text or '')[found.end() :]}"


def _callouts(tree: HtmlElement) -> None:
    """A quotation that begins with `[!NOTE]`, as GitHub, Hugo and Obsidian have it."""
    for quote in list(tree.iter("blockquote")):
        first = quote[0] if len(quote) else None
        found = CALLOUT.match(first.text or "") if first is not None and first.tag == "p" else None
        if first is None or found is None:
            continue
        quote.tag = "aside"
        quote.set("data-callout", "")
        title, line_end, rest = (first.text or "")[found.end() :].partition("\n")
        first.text = rest if line_end else None
        if title := title.strip():
            heading = lxml_html.Element("p")
            etree.SubElement(heading, "strong").text = title
            quote.insert(0, heading)
            if not line_end:
                # Its title has elements, or ends with a line break.
                broken = first[0] if len(first) and first[0].tag == "br" else None
                if broken is not None:
                    first.text = (broken.tail or "").lstrip()
                    first.remove(broken)
        if not first.text_content().strip() and next(first.iter("img"), None) is None:
            first.drop_tree()


def page_fields(page: str) -> dict[str, str]:
    """What the head of a whole page says, by the names of front matter."""
    tree = bodies.parse_page(page)
    found = {"lang": tree.get("lang") or ""}
    # The title of a page usually has the name of the site too, its heading has not.
    found["title"] = escape(bodies.element_text(next(tree.iter("h1"), None)), quote=False)
    for each in tree.iter("meta"):
        name = (each.get("name") or each.get("property") or each.get("itemprop") or "").lower()
        if field := META.get(name):
            found.setdefault(field, " ".join((each.get("content") or "").split()))
    for each in tree.iter("link"):
        if each.get("rel") == "canonical":
            found.setdefault("canonical", (each.get("href") or "").strip())
    return {field: value for field, value in found.items() if value}


def _main_part(page: str) -> str:
    tree = bodies.parse_page(page)
    for each in list(tree.iter(*REMOVED)):
        each.drop_tree()
    found = next(
        (part for name in PARTS if (part := next(tree.iter(name), None)) is not None), tree
    )
    if (title := next(found.iter("h1"), None)) is not None:
        # The title of the text, which the page has above it.
        title.drop_tree()
    found.tag = "div"
    return str(lxml_html.tostring(found, encoding="unicode", with_tail=False))


def footnotes(tree: HtmlElement) -> None:
    """A link to a note below the text becomes the note."""
    notes: dict[str, str] = {}
    for section in [
        each for each in tree.iter("section", "div") if "footnotes" in classes_of(each)
    ]:
        for note in section.iter("li"):
            notes[f"#{note.get('id', '')}"] = _plain_note(note)
        section.drop_tree()
    for line in list(tree.iter("hr")):
        if "footnotes-sep" in classes_of(line):
            line.drop_tree()
    for anchor in list(tree.iter("a")):
        if text := notes.get(anchor.get("href") or ""):
            mark = anchor.getparent()
            outer = mark if mark is not None and mark.tag == "sup" and len(mark) == 1 else anchor
            made = lxml_html.Element("span")
            made.set("data-footnote", text)
            replace(outer, made)


def _plain_note(note: HtmlElement) -> str:
    """A note has no markup here, so a link in it is written out."""
    for anchor in list(note.iter("a")):
        href = anchor.get("href") or ""
        if "footnote-back" in (anchor.get("class") or ""):
            anchor.drop_tree()
        elif href.startswith(("http://", "https://")) and href not in anchor.text_content():
            anchor.text = f"{anchor.text_content()} ({href})"
            for child in list(anchor):
                anchor.remove(child)
    return " ".join(note.text_content().split())


def _captions(tree: HtmlElement) -> None:
    """An image alone in its paragraph has its title, or the emphasised text below it, as caption."""
    for image in list(tree.iter("img")):
        outer = image
        parent = image.getparent()
        if parent is not None and parent.tag == "a" and len(parent) == 1:
            outer, parent = parent, parent.getparent()
        if parent is None or parent.tag != "p" or (parent.text or "").strip():
            continue
        rest = [each for each in parent if each is not outer and each.tag != "br"]
        texts = [outer.tail, *(each.tail for each in parent if each is not outer)]
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
        made = lxml_html.Element("figure")
        outer.tail = None
        made.append(outer)
        if caption is not None:
            caption.tag, caption.tail = "figcaption", None
            made.append(caption)
        elif title := image.get("title"):
            etree.SubElement(made, "figcaption").text = title
        replace(parent, made)


def _is_emphasised(paragraph: HtmlElement) -> bool:
    return (
        paragraph.tag == "p"
        and len(paragraph.text_content()) <= LONGEST_CAPTION
        and len(paragraph) == 1
        and paragraph[0].tag in {"em", "i", "small"}
        and not (paragraph.text or "").strip()
        and not (paragraph[0].tail or "").strip()
        and next(paragraph.iter("img"), None) is None
    )

"""What is in a feed: RSS and Atom, one entry after the other in flat memory, and JSON Feed, versions 1 and 1.1."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from articles.body.cleaning import UNSTORABLE
from iria.transfer.names import join
from iria.transfer.records import Unreadable
from iria.transfer.source_files import MAX_DEPTH, reading_xml


@dataclass(slots=True)
class Medium:
    """A file that an entry names."""

    url: str
    is_image: bool
    caption: str = ""
    """HTML."""
    credit: str = ""


@dataclass(slots=True)
class Head:
    """What a feed says of itself."""

    title: str = ""
    url: str = ""
    language: str = ""
    authors: list[str] = field(default_factory=list)
    next_page: str = ""
    """The URL of the feed's next page, with older entries (RFC 5005)."""


@dataclass(slots=True)
class Entry:
    """One text. Its parts are HTML, also those that a feed has as plain text."""

    source_id: str = ""
    url: str = ""
    base: str = ""
    """What relative URLs in it are relative to."""
    title: str = ""
    content: str = ""
    summary: str = ""
    language: str = ""
    kind: str = ""
    """Exports of Blogger have other things than posts too."""
    is_draft: bool = False
    published: str = ""
    modified: str = ""
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)


def paragraphs(text: str) -> str:
    """Plain text as HTML; without paragraphs if it has only one line."""
    parts = escape(text, quote=False).replace("\r\n", "\n").strip().split("\n\n")
    if len(parts) == 1 and "\n" not in parts[0]:
        return parts[0]
    return "".join(
        f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in parts if part.strip()
    )


MAX_BYTES: Final = 100 * 1024**2
"""A JSON file is in memory as a whole."""


def read_json(file: Path, head: Head) -> Iterator[Entry]:
    """Raises Unreadable if it is no JSON Feed."""
    feed = _load(file)
    items = feed.get("items")
    if "jsonfeed.org" not in _json_text(feed, "version") or not isinstance(items, list):
        raise Unreadable("This JSON is no JSON Feed: it lacks the version or the items.")
    head.title, head.language = _json_text(feed, "title"), _json_text(feed, "language")
    head.url = _json_text(feed, "home_page_url")
    head.authors = _json_authors(feed)
    head.next_page = _json_url(head.url, feed, "next_url")
    for item in items:
        if isinstance(item, dict):
            yield _json_entry(item, head)


def _load(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise Unreadable(f"The file is larger than {MAX_BYTES // 1024**2} MB.")
        document = json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        message = f"The JSON is broken: {error.msg}."
        if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
            message = f"The file ends in the middle ({error.msg}). Export or copy it again."
        raise Unreadable(message, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("The JSON cannot be read.") from error
    except OSError as error:
        raise Unreadable(f"The file cannot be opened: {error.strerror}.") from error
    return document if isinstance(document, dict) else {}


def _json_entry(item: dict[str, Any], head: Head) -> Entry:
    url = _json_url(head.url, item, "url")
    content = _json_text(item, "content_html") or paragraphs(_json_text(item, "content_text"))
    entry = Entry(
        source_id=_json_text(item, "id") or url,
        url=url,
        base=url or head.url,
        title=escape(_json_text(item, "title"), quote=False),
        content=content,
        summary=escape(_json_text(item, "summary"), quote=False),
        language=_json_text(item, "language"),
        published=_json_text(item, "date_published"),
        modified=_json_text(item, "date_modified"),
        authors=_json_authors(item),
        tags=[
            UNSTORABLE.sub("", each) for each in _json_list(item, "tags") if isinstance(each, str)
        ],
    )
    if (other := _json_url(entry.base, item, "external_url")) and escape(other) not in content:
        # What an entry of a link blog is about.
        entry.content += f'<p><a href="{escape(other)}">{escape(other)}</a></p>'
    for name in ("image", "banner_image"):
        if image := _json_url(entry.base, item, name):
            entry.media.append(Medium(image, is_image=True))
    for each in _json_list(item, "attachments"):
        if isinstance(each, dict) and (address := _json_url(entry.base, each, "url")):
            is_image = _json_text(each, "mime_type").startswith("image/")
            caption = escape(_json_text(each, "title"), quote=False)
            entry.media.append(Medium(address, is_image, caption))
    return entry


def _json_authors(given: dict[str, Any]) -> list[str]:
    authors = _json_list(given, "authors") or [given.get("author")]
    names = [
        " ".join(_json_text(each, "name").split()) for each in authors if isinstance(each, dict)
    ]
    return [each for each in names if each]


def _json_list(given: dict[str, Any], name: str) -> list[Any]:
    value = given.get(name)
    return value if isinstance(value, list) else []


def _json_text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    # JSON can escape what cannot be stored: NUL and lone surrogates.
    return UNSTORABLE.sub("", value) if isinstance(value, str) else ""


def _json_url(base: str, given: dict[str, Any], name: str) -> str:
    url = _json_text(given, name)
    return join(base, url) if url else ""


NEXT: Final = frozenset({"next", "prev-archive"})
ROOTS: Final = frozenset({"rss", "rdf", "feed"})
ENTRIES: Final = frozenset({"item", "entry"})
NO_FEED: Final = "This is no feed: neither RSS nor Atom nor JSON Feed."
NAMESPACES: Final = (
    ("purl.org/dc/terms", "dcterms"),
    ("purl.org/dc/elements", "dc"),
    ("purl.org/rss/1.0/modules/content", "content"),
    ("search.yahoo.com/mrss", "media"),
    ("itunes.com/dtds", "itunes"),
    ("www.w3.org/2007/app", "app"),
    ("purl.org/atom/app#", "app"),
    ("purl.org/syndication/thread", "thr"),
    ("www.w3.org/XML/1998/namespace", "xml"),
    ("www.w3.org/1999/xhtml", "xhtml"),
    ("www.w3.org/2005/Atom", "atom"),
    ("purl.org/atom/ns#", "atom"),
    ("purl.org/rss/1.0/modules", "module"),
    ("www.w3.org/1999/02/22-rdf-syntax-ns#", ""),
    ("purl.org/rss/1.0/", ""),
    ("my.netscape.com/rdf/simple/0.9/", ""),
    ("backend.userland.com", ""),
    ("blogs.law.harvard.edu", ""),
)
BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:$|\?)", re.IGNORECASE)
PERSON: Final = re.compile(r"\s*+[^\s@()]++@[^\s()]++\s*+\((?P<name>[^()]++)\)\s*+$")


def read_xml(file: Path, head: Head) -> Iterator[Entry]:
    """The entries; what the feed says of itself is put into `head` as it is read.

    Raises:
        Unreadable: it is not well-formed, declares entities, or is no feed.
    """
    with reading_xml(file, "a feed") as source:
        opened: list[Element] = []
        for event, element in iterparse(source, events=("start", "end")):
            if event == "start":
                opened.append(element)
                if len(opened) > MAX_DEPTH:
                    raise Unreadable(f"Elements are nested more than {MAX_DEPTH} deep.")
                continue
            opened.pop()
            name = _name(element).removeprefix("atom:")
            if not opened:
                if name.lower() not in ROOTS:
                    raise Unreadable(NO_FEED, 1)
            elif len(opened) > 1 and _core(opened[-1]) != "channel":
                continue
            elif name in ENTRIES:
                yield _entry(element, [*opened, element])
                opened[-1].remove(element)
            elif name != "channel":
                _read_head(name, element, opened, head)
                opened[-1].remove(element)


def _name(element: Element) -> str:
    """The name with the usual prefix of its namespace; names of RSS have none."""
    if not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    if not space:
        return local
    prefix = next((prefix for url, prefix in NAMESPACES if url in space), "other")
    return f"{prefix}:{local}" if prefix else local


def _core(element: Element) -> str:
    """The name without the prefix of Atom, which is the namespace of a whole feed."""
    return _name(element).removeprefix("atom:")


def _read_head(name: str, element: Element, opened: list[Element], head: Head) -> None:
    text = _text(element)
    match name:
        case "title":
            head.title = head.title or text
        case "link" if element.get("rel") in NEXT:
            url = join(_base(opened), (element.get("href") or "").strip())
            head.next_page = url if element.get("rel") == "next" else head.next_page or url
        case "link":
            is_page = element.get("rel", "alternate") == "alternate"
            url = join(_base(opened), (element.get("href") or text).strip()) if is_page else ""
            head.url = head.url or url
        case "language" | "dc:language":
            head.language = head.language or text
        case "author" | "dc:creator":
            head.authors += [each for each in [_person(element)] if each]
    head.language = head.language or opened[0].get(LANGUAGE, "")


def _base(opened: list[Element]) -> str:
    base = ""
    for each in opened:
        base = join(base, each.get(BASE, ""))
    return base


def _entry(element: Element, opened: list[Element]) -> Entry:
    entry = Entry(base=_base(opened), language=element.get(LANGUAGE, ""))
    content_base = ""
    for child in element:
        name = _core(child)
        if field_name := TEXTS.get(name):
            setattr(entry, field_name, getattr(entry, field_name) or _text(child))
        elif field_name := HTML.get(name):
            if field_name == "content":
                content_base = child.get(BASE, "")
            setattr(entry, field_name, getattr(entry, field_name) or _html(child))
        elif reader := READERS.get(name):
            reader(child, entry, element)
    about = next((each for key, each in element.attrib.items() if key.endswith("}about")), "")
    entry.source_id = entry.source_id or about
    url = entry.url or about
    entry.url = join(entry.base, url) if url else ""
    for medium in entry.media:
        medium.url = join(entry.base, medium.url)
    entry.base = join(entry.base, content_base)
    entry.source_id = entry.source_id or entry.url
    return entry


def _guid(child: Element, entry: Entry, item: Element) -> None:
    entry.source_id = entry.source_id or _text(child)
    if child.get("isPermaLink", "true") == "true" and entry.source_id.startswith("http"):
        entry.url = entry.url or entry.source_id


def _link(child: Element, entry: Entry, item: Element) -> None:
    href = child.get("href") or _text(child)
    match child.get("rel", "alternate"):
        case "alternate":
            # That of an element counts, not a permanent guid before it.
            entry.url = href.strip() or entry.url
            entry.base = join(entry.base, child.get(BASE, ""))
        case "enclosure":
            _add_medium(Medium(href.strip(), _is_image(child, href)), entry)


def _author(child: Element, entry: Entry, item: Element) -> None:
    person = _person(child)
    is_second = _core(child) in {"contributor", "itunes:author"} and entry.authors
    if person and person not in entry.authors and not is_second:
        entry.authors.append(person)


def _person(element: Element) -> str:
    """The name; RSS has an e-mail address with the name in brackets."""
    name = next((_text(each) for each in element if _core(each) == "name"), "")
    name = name or _text(element)
    match = PERSON.match(name)
    name = match["name"].strip() if match else name
    return "" if "@" in name and " " not in name else name


def _category(child: Element, entry: Entry, item: Element) -> None:
    text = child.get("label") or child.get("term") or _text(child)
    if "#kind" in child.get("scheme", ""):
        entry.kind = text.rpartition("#")[2]
        return
    if not text:
        return
    named = entry.tags if _core(child) == "dc:subject" else entry.categories
    if text not in named:
        named.append(text)


def _control(child: Element, entry: Entry, item: Element) -> None:
    """Reads an element of the Atom publishing protocol, which exports of Blogger have."""
    entry.is_draft = any(_core(each) == "app:draft" and _text(each) == "yes" for each in child)


def _reply(child: Element, entry: Entry, item: Element) -> None:
    entry.kind = entry.kind or "comment"


def _media(child: Element, entry: Entry, item: Element) -> None:
    if _core(child) == "media:group":
        for each in child:
            if _core(each) in {"media:content", "media:thumbnail"}:
                _media(each, entry, child)
        return
    url = (child.get("url") or child.get("href") or "").strip()

    def named(name: str) -> str:
        inside = next((_html(each) for each in child if _core(each) == name), "")
        return inside or next((_html(each) for each in item if _core(each) == name), "")

    medium = Medium(
        url,
        _core(child) in {"media:thumbnail", "itunes:image"} or _is_image(child, url),
        caption=named("media:description") or named("media:title"),
        credit=named("media:credit") or named("media:copyright"),
    )
    if _core(child) == "enclosure":
        medium = Medium(url, medium.is_image)
    _add_medium(medium, entry)


def _add_medium(medium: Medium, entry: Entry) -> None:
    if medium.url:
        known = next((each for each in entry.media if each.url == medium.url), None)
        if known is None:
            entry.media.append(medium)
        else:
            known.caption = known.caption or medium.caption
            known.credit = known.credit or medium.credit


def _is_image(element: Element, url: str) -> bool:
    kind = element.get("type") or element.get("medium") or ""
    return kind.startswith("image") or (not kind and bool(IMAGE_FILE.search(url)))


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _html(element: Element) -> str:
    """The content as HTML: escaped markup as in RSS, the elements of XHTML, or plain text."""
    kind = element.get("type", "")
    if len(element) or kind in {"xhtml", "application/xhtml+xml"}:
        for each in element.iter():
            if isinstance(each.tag, str):
                each.tag = each.tag.rpartition("}")[2]
        inside = escape(element.text or "", quote=False)
        parts = [ElementTree.tostring(each, encoding="unicode", method="html") for each in element]
        return inside + "".join(parts)
    text = element.text or ""
    is_text = kind in {"text", "text/plain", "plain"} or (
        not kind and _name(element).startswith("atom:")
    )
    if source := element.get("src"):
        # Content that is elsewhere.
        return f'<p><a href="{escape(source)}">{escape(source)}</a></p>'
    return paragraphs(text) if is_text else text


TEXTS: Final = {
    "id": "source_id",
    **dict.fromkeys(
        ("pubDate", "published", "issued", "dcterms:issued", "dcterms:created", "dc:date"),
        "published",
    ),
    **dict.fromkeys(("updated", "modified", "dcterms:modified"), "modified"),
}
HTML: Final = {
    **dict.fromkeys(("title", "dc:title"), "title"),
    **dict.fromkeys(("content:encoded", "content", "xhtml:body", "xhtml:div"), "content"),
    **dict.fromkeys(("description", "summary", "dc:description"), "summary"),
}
READERS: Final = {
    "guid": _guid,
    "link": _link,
    **dict.fromkeys(("author", "dc:creator", "contributor", "itunes:author"), _author),
    **dict.fromkeys(("category", "dc:subject"), _category),
    **dict.fromkeys(("enclosure", "media:content", "media:thumbnail", "media:group"), _media),
    "itunes:image": _media,
    "app:control": _control,
    "thr:in-reply-to": _reply,
}
"""Name of an element → field of an entry, or what reads it."""

"""A feed (RSS 0.9 to 2.0, Atom or JSON Feed) as neutral records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Final

from lxml.html import HtmlElement

from iria.transfer import feed_entries
from iria.transfer.bodies import FoundImages, convert_html, old_id, path_of, title_of
from iria.transfer.captions import split_html
from iria.transfer.feed_entries import Entry, Head, Medium
from iria.transfer.names import (
    Announced,
    is_web_url,
    join,
    language_of,
    moment,
    short_id,
    shown,
    terms_of,
)
from iria.transfer.records import (
    NO_DATE,
    Image,
    Kind,
    Record,
    Remark,
    Site,
    State,
    Text,
    Unreadable,
)

SYSTEM: Final = "feed"
APPEARED: Final = re.compile(
    r"<p>The post <a [^>]*>[^<]*</a> (?:appeared first on|first appeared on) <a [^>]*>[^<]*</a>\.</p>\s*$"
)
"""What WordPress appends in feeds."""
CUT: Final = re.compile(r"(?:\[?(?:…|\.\.\.|&#8230;|&hellip;)\]?)\s*$")
KINDS: Final = frozenset({"", "post", "page", "article", "blog"})
"""The kinds of entries that are texts; others are comments, settings and templates."""
TITLE: Final = 80
"""Characters of the beginning of a text that has no title."""
PREFACE: Final = 60


@dataclass(slots=True)
class Feed:
    """One file. `url` is where it came from, for relative URLs and a feed that does not name its site."""

    file: Path
    url: str = ""
    pages: tuple[tuple[Path, str], ...] = ()
    """Its further pages, each with its URL or an empty one."""
    _images: FoundImages = field(default_factory=FoundImages)

    system = SYSTEM

    def records(self) -> Iterator[Record]:
        """Everything in the feed.

        Raises:
            Unreadable: it is broken, declares entities, or is no feed.
        """
        head = Head()
        for _ in self._entries(head):
            # An author or a language may stand after the entries.
            pass
        url = _joined(self.url, head.url) or self.url or shown(self.file.name)
        site = Site(SYSTEM, title_of(head.title), url.rstrip("/"), language_of(head.language))
        yield site
        self._images = FoundImages()
        announced = Announced()
        for entry in self._entries(Head()):
            text = self._text(entry, head, site.url)
            yield from self._images.take()
            yield from announced.before(text)
            yield text

    def next_page(self) -> str:
        """The URL of the page with older entries that the last one names; empty if there is none. Raises Unreadable."""
        head = Head()
        file, url = self.pages[-1] if self.pages else (self.file, self.url)
        for _ in self._page(file, head):
            pass
        return _joined(url or head.url, head.next_page)

    def _entries(self, head: Head) -> Iterator[Entry]:
        """The entries of all pages; those of one may have moved to the next one between two requests."""
        if not self.pages:
            yield from self._page(self.file, head)
            return
        seen: set[str] = set()
        for file, _url in ((self.file, self.url), *self.pages):
            for entry in self._page(file, head if file == self.file else Head()):
                if not entry.source_id or entry.source_id not in seen:
                    seen.add(entry.source_id)
                    yield entry

    def _page(self, file: Path, head: Head) -> Iterator[Entry]:
        try:
            with file.open("rb") as source:
                start = source.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip()
        except OSError as error:
            raise Unreadable(f"The file cannot be opened: {error.strerror}.") from error
        if start[:9].lower().startswith((b"<!doctype", b"<html")) and b"<rss" not in start.lower():
            raise Unreadable("This is a web page, not a feed. Give the URL of its feed.")
        read = feed_entries.read_json if start[:1] == b"{" else feed_entries.read_xml
        return read(file, head)

    def _text(self, entry: Entry, head: Head, site_url: str) -> Text:
        url = _joined(site_url, entry.url)
        base = _joined(url or site_url, entry.base) or url or site_url
        path = path_of(url)
        text = Text(
            source_id=short_id(
                entry.source_id or entry.title or entry.published or title_of(entry.content)
            ),
            kind=Kind.PAGES if entry.kind == "page" else Kind.POSTS,
            title=title_of(entry.title)
            or shorten(title_of(entry.content or entry.summary), TITLE, placeholder="…"),
            slug=re.sub(r"\.\w{2,5}$", "", path.strip("/").rsplit("/", 1)[-1]),
            body="",
            state=State.DRAFT if entry.is_draft else State.PUBLISHED,
            published_at=moment(entry.published, UTC) or moment(entry.modified, UTC),
            modified_at=moment(entry.modified, UTC),
            language=language_of(entry.language),
            path=path,
            authors=[
                title_of(each)[:120] for each in entry.authors or head.authors if title_of(each)
            ],
        )
        if old_id(url) and not path:
            text.slug = ""
        text.categories = terms_of(map(title_of, entry.categories), Kind.CATEGORIES)
        text.tags = terms_of(map(title_of, entry.tags))
        if not (text.source_id or entry.summary or entry.media):
            text.skipped = "The entry is empty."
        if entry.kind not in KINDS:
            text.skipped = f"It is no text but of the kind “{entry.kind}”."
        if text.published_at is None and text.state == State.PUBLISHED:
            text.remarks.append(NO_DATE)
        self._set_body(text, entry, base)
        return text

    def _set_body(self, text: Text, entry: Entry, base: str) -> None:
        in_text: list[str] = []

        def identify(url: str) -> str:
            in_text.append(self._images.add_url(url))
            return in_text[-1]

        content = APPEARED.sub("", entry.content.rstrip()) or entry.summary
        convert_html(content, identify, lambda tree: _absolute(tree, base)).put_into(text)
        if entry.content:
            text.standfirst = _standfirst(entry)
        for medium in entry.media:
            medium.url = _joined(base, medium.url)
            if not medium.url:
                continue
            if not medium.is_image:
                name = escape(path_of(medium.url).strip("/").rsplit("/", 1)[-1] or medium.url)
                text.body += f'<p><a href="{escape(medium.url)}">{name}</a></p>'
                continue
            source_id = self._image(medium)
            if medium.credit:
                text.credits.setdefault(source_id, title_of(medium.credit))
            if source_id not in in_text:
                text.lead_image = text.lead_image or source_id
            if source_id not in {*in_text, text.lead_image}:
                text.remarks.append(Remark("image without place", medium.url))

    def _image(self, medium: Medium) -> str:
        caption = split_html(medium.caption)
        remarks = (Remark("undecided credit", caption.text),) if caption.is_undecided else ()
        image = Image(
            short_id(medium.url),
            medium.url,
            path_of(medium.url).strip("/"),
            caption=title_of(caption.caption),
            credit=title_of(medium.credit) or caption.credit,
            remarks=remarks,
        )
        return self._images.add(image)


def _standfirst(entry: Entry) -> str:
    """The summary, unless it is only the beginning of the text."""
    summary, content = title_of(entry.summary), title_of(entry.content)
    start = CUT.sub("", summary)[:PREFACE]
    is_start = bool(CUT.search(summary)) or "".join(content.split()).startswith(
        "".join(start.split())
    )
    return "" if is_start else summary


def _absolute(tree: HtmlElement, base: str) -> list[Remark]:
    for tag, name in (("img", "src"), ("a", "href")):
        for each in tree.iter(tag):
            url = each.get(name) or ""
            if not url.startswith("#"):
                each.set(name, _joined(base, url) or url)
    return []


def _joined(base: str, url: str) -> str:
    """An absolute web URL, or empty."""
    joined = join(base, url) if url else ""
    return joined if is_web_url(joined) else ""

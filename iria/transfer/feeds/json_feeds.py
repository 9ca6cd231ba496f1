"""JSON Feed, versions 1 and 1.1."""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Final

from articles.body.sanitiser import UNSTORABLE
from iria.transfer.feeds.entries import Entry, Head, Medium, paragraphs
from iria.transfer.records import Unreadable
from iria.transfer.urls import join

LONGEST: Final = 100 * 1024**2
"""A JSON file is in memory as a whole."""


def read(file: Path, head: Head) -> Iterator[Entry]:
    """Raises Unreadable if it is no JSON Feed."""
    feed = _load(file)
    items = feed.get("items")
    if "jsonfeed.org" not in _text(feed, "version") or not isinstance(items, list):
        message = "This JSON is no JSON Feed: it lacks the version or the items."
        raise Unreadable(message)
    head.title, head.language = _text(feed, "title"), _text(feed, "language")
    head.url = _text(feed, "home_page_url")
    head.authors = _authors(feed)
    head.next_page = _url(head.url, feed, "next_url")
    for item in items:
        if isinstance(item, dict):
            yield _entry(item, head)


def _load(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > LONGEST:
            message = f"The file is larger than {LONGEST // 1024**2} MB."
            raise Unreadable(message)
        found = json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        message = f"The JSON is broken: {error.msg}."
        if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
            message = f"The file ends in the middle ({error.msg}). Export or copy it again."
        raise Unreadable(message, error.lineno) from error
    except (ValueError, RecursionError) as error:
        message = "The JSON cannot be read."
        raise Unreadable(message) from error
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}."
        raise Unreadable(message) from error
    return found if isinstance(found, dict) else {}


def _entry(item: dict[str, Any], head: Head) -> Entry:
    url = _url(head.url, item, "url")
    content = _text(item, "content_html") or paragraphs(_text(item, "content_text"))
    entry = Entry(
        source_id=_text(item, "id") or url,
        url=url,
        base=url or head.url,
        title=escape(_text(item, "title"), quote=False),
        content=content,
        summary=escape(_text(item, "summary"), quote=False),
        language=_text(item, "language"),
        published=_text(item, "date_published"),
        modified=_text(item, "date_modified"),
        authors=_authors(item),
        tags=[UNSTORABLE.sub("", each) for each in _list(item, "tags") if isinstance(each, str)],
    )
    if (other := _url(entry.base, item, "external_url")) and escape(other) not in content:
        # What an entry of a link blog is about.
        entry.content += f'<p><a href="{escape(other)}">{escape(other)}</a></p>'
    for name in ("image", "banner_image"):
        if image := _url(entry.base, item, name):
            entry.media.append(Medium(image, is_image=True))
    for each in _list(item, "attachments"):
        if isinstance(each, dict) and (address := _url(entry.base, each, "url")):
            is_image = _text(each, "mime_type").startswith("image/")
            caption = escape(_text(each, "title"), quote=False)
            entry.media.append(Medium(address, is_image, caption))
    return entry


def _authors(given: dict[str, Any]) -> list[str]:
    authors = _list(given, "authors") or [given.get("author")]
    names = [" ".join(_text(each, "name").split()) for each in authors if isinstance(each, dict)]
    return [each for each in names if each]


def _list(given: dict[str, Any], name: str) -> list[Any]:
    found = given.get(name)
    return found if isinstance(found, list) else []


def _text(given: dict[str, Any], name: str) -> str:
    found = given.get(name)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    # JSON can escape what cannot be stored: NUL and lone surrogates.
    return UNSTORABLE.sub("", found) if isinstance(found, str) else ""


def _url(base: str, given: dict[str, Any], name: str) -> str:
    url = _text(given, name)
    return join(base, url) if url else ""

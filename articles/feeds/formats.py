"""The formats of feeds: RSS and Atom, written by Django's feed generators, and JSON Feed."""

import json
from datetime import datetime
from functools import lru_cache
from html import escape
from io import StringIO
from typing import Any, Final, Self, cast
from xml.sax.xmlreader import AttributesImpl

from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.xmlutils import SimplerXMLGenerator

from articles.feeds.channels import Channel
from articles.feeds.entries import Entry, EntryImage, Person, rfc3339

MEDIA_NAMESPACE: Final = "http://search.yahoo.com/mrss/"
HTML_TYPE: Final = "text/html"


class _TypedLinks:
    """Adds the media type to links; Django writes them without it."""

    def __init__(self, handler: SimplerXMLGenerator, feed_type: str) -> None:
        self._handler = handler
        self._types = {"self": feed_type, "alternate": HTML_TYPE}

    def addQuickElement(  # noqa: N802  (Django's name)
        self, name: str, contents: str | None = None, attrs: dict[str, str] | None = None
    ) -> None:
        if attrs and (media_type := self._types.get(attrs.get("rel", ""))):
            attrs = attrs | {"type": media_type}
        self._handler.addQuickElement(name, contents, attrs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handler, name)


class XmlFeed(SyndicationFeed):
    """What RSS and Atom share."""

    feed_format = ""
    content_type: str
    entries_xml: list[str]
    """The XML of each entry."""

    @classmethod
    def of(cls, channel: Channel) -> Self:
        feed = cls(
            title=channel.title,
            link=channel.home,
            description=channel.description,
            subtitle=channel.description,
            language=channel.language,
            # The author of Atom entries without authors.
            author_name=channel.publisher.name,
            author_link=channel.publisher.url,
            feed_url=channel.feed_url(cls.feed_format),
            # The feed's own URL is its id.
            feed_guid=channel.feed_url(cls.feed_format),
            feed_copyright=channel.rights,
            updated=channel.updated.replace(microsecond=0),
            hub=channel.hub,
        )
        feed.entries_xml = [_entry_xml(cls.feed_format, entry) for entry in channel.entries]
        return feed

    def write_items(self, handler: SimplerXMLGenerator) -> None:
        for entry_xml in self.entries_xml:
            # The only method of the handler that writes text without escaping it.
            handler.ignorableWhitespace(entry_xml)

    def write_entry(self, handler: SimplerXMLGenerator, entry: Entry) -> None:
        image = entry.image
        self.add_item(
            title=entry.title,
            link=entry.url,
            description=None,  # type: ignore[arg-type]  # HTML in RSS, plain text in Atom
            pubdate=entry.published.replace(microsecond=0),
            updateddate=entry.updated.replace(microsecond=0),
            unique_id=entry.id,
            unique_id_is_permalink=False,
            categories=entry.topics,
            comments=f"{entry.url}#comments" if entry.comments else None,
            enclosures=[Enclosure(image.url, str(image.bytes), image.media_type)] if image else [],
            entry=entry,
        )
        super().write_items(handler)  # type: ignore[misc]  # missing in the stubs

    def typed_links(self, handler: SimplerXMLGenerator) -> SimplerXMLGenerator:
        feed_type = self.content_type.partition(";")[0]
        return cast("SimplerXMLGenerator", _TypedLinks(handler, feed_type))

    def latest_post_date(self) -> datetime:
        """Defined for feeds without entries too, for which Django would use the current time."""
        updated: datetime = self.feed["updated"]
        return updated


class RssFeed(XmlFeed, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": MEDIA_NAMESPACE,
            "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
        }

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(self.typed_links(handler))
        if self.feed["hub"]:
            hub = {"rel": "hub", "href": str(self.feed["hub"])}
            handler.addQuickElement("atom:link", None, hub)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        entry: Entry = item["entry"]
        for author in entry.authors:
            handler.addQuickElement("dc:creator", author.name)
        if entry.summary:
            # Feed readers expect HTML in an item's description; plain text in title and channel.
            handler.addQuickElement("description", escape(entry.summary, quote=False))
        if entry.html:
            handler.addQuickElement("content:encoded", entry.html)
        if entry.comments:
            handler.addQuickElement("wfw:commentRss", entry.comments_feed)
        if entry.image:
            _add_media(handler, entry.image)


class AtomFeed(XmlFeed, Atom1Feed):
    feed_format = "atom"

    def root_attributes(self) -> dict[str, str]:
        return super().root_attributes() | {"xmlns:media": MEDIA_NAMESPACE}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(self.typed_links(handler))
        if self.feed["hub"]:
            handler.addQuickElement("link", "", {"rel": "hub", "href": str(self.feed["hub"])})

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["entry"].language}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(self.typed_links(handler), item)
        entry: Entry = item["entry"]
        for author in entry.authors:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", author.name)
            if author.url:
                handler.addQuickElement("uri", author.url)
            handler.endElement("author")
        if entry.summary:
            handler.addQuickElement("summary", entry.summary)
        if entry.html:
            handler.addQuickElement("content", entry.html, {"type": "html"})
        if entry.image:
            _add_media(handler, entry.image)
        if entry.licence:
            licence = {"rel": "license", "href": entry.licence, "type": HTML_TYPE}
            handler.addQuickElement("link", "", licence)
        if entry.comments:
            replies = {"rel": "replies", "href": f"{entry.comments_feed}atom/"}
            handler.addQuickElement("link", "", replies | {"type": "application/atom+xml"})


@lru_cache(maxsize=500)
def _entry_xml(feed_format: str, entry: Entry) -> str:
    """The XML of an entry, the same in every feed."""
    text = StringIO()
    handler = SimplerXMLGenerator(text, "utf-8", short_empty_elements=True)
    XML_FORMATS[feed_format](title="", link="", description="").write_entry(handler, entry)
    return text.getvalue()


def _add_media(handler: SimplerXMLGenerator, image: EntryImage) -> None:
    """Media RSS: the file, its caption, its alternative text (as Mastodon writes it), its credit."""
    file = {"url": image.url, "type": image.media_type, "fileSize": str(image.bytes)}
    size = {"width": str(image.width), "height": str(image.height), "medium": "image"}
    handler.startElement("media:content", AttributesImpl(file | size))
    if image.caption:
        handler.addQuickElement("media:title", image.caption, {"type": "plain"})
    if image.alt:
        handler.addQuickElement("media:description", image.alt, {"type": "plain"})
    if image.credit:
        handler.addQuickElement("media:credit", image.credit)
    if image.copyright:
        handler.addQuickElement("media:copyright", image.copyright)
    if image.licence:
        licence = {"type": HTML_TYPE, "href": image.licence}
        handler.addQuickElement("media:license", "", licence)
    handler.endElement("media:content")


XML_FORMATS: Final[dict[str, type[XmlFeed]]] = {"": RssFeed, "atom": AtomFeed}


JSON_CONTENT_TYPE = "application/feed+json; charset=utf-8"
JSON_FEED_VERSION = "https://jsonfeed.org/version/1.1"


def write_json(channel: Channel) -> bytes:
    """The channel as a JSON document."""
    feed = {
        "version": JSON_FEED_VERSION,
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.feed_url("json"),
        "description": channel.description,
        "language": channel.language,
        "authors": [_person(channel.publisher)],
        **({"hubs": [{"type": "WebSub", "url": channel.hub}]} if channel.hub else {}),
        "items": [_item(entry) for entry in channel.entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        # One of the two is required.
        "content_text": "" if entry.html else entry.summary or entry.title,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "authors": [_person(author) for author in entry.authors],
        "tags": entry.topics,
        "language": entry.language,
    }
    if image := entry.image:
        item["image"] = image.url
        item["attachments"] = [
            {
                "url": image.url,
                "mime_type": image.media_type,
                "title": " ".join(text for text in (image.caption, image.credit) if text),
                "size_in_bytes": image.bytes,
            }
        ]
        item["_picture"] = {
            "alt": image.alt,
            "caption": image.caption,
            "credit": image.credit,
            "copyright": image.copyright,
            "licence": image.licence,
            "made_with_ai": image.made_with_ai,
            "width": image.width,
            "height": image.height,
        }
    return {name: value for name, value in item.items() if value}


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "url": person.url} if person.url else {"name": person.name}

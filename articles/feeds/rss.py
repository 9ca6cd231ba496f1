"""RSS 2.0, with the whole text, several authors and the picture with its credit."""

from email.utils import format_datetime
from html import escape

from articles.feeds.channels import Channel
from articles.feeds.entries import MEDIA, Entry, EntryImage, write_media
from articles.feeds.xml_writer import Document

CONTENT_TYPE = "application/rss+xml; charset=utf-8"

NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": MEDIA,
    "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
}


def write(channel: Channel) -> bytes:
    """The channel as an RSS document."""
    xml = Document()
    with xml.element("rss", {"version": "2.0", **NAMESPACES}), xml.element("channel"):
        xml.leaf("title", channel.title)
        xml.leaf("link", channel.home)
        xml.leaf("description", channel.description)
        xml.leaf(
            "atom:link",
            attributes={
                "rel": "self",
                "type": "application/rss+xml",
                "href": channel.feed_url(""),
            },
        )
        xml.leaf("language", channel.language)
        xml.leaf("copyright", channel.rights)
        xml.leaf("lastBuildDate", format_datetime(channel.updated))
        for entry in channel.entries:
            _item(xml, entry)
    return xml.as_bytes()


def _item(xml: Document, entry: Entry) -> None:
    with xml.element("item"):
        xml.leaf("title", entry.title)
        xml.leaf("link", entry.url)
        xml.leaf("guid", entry.id, {"isPermaLink": "false"})
        xml.leaf("pubDate", format_datetime(entry.published))
        for author in entry.authors:
            xml.leaf("dc:creator", author.name)
        for topic in entry.topics:
            xml.leaf("category", topic)
        if entry.summary:
            # Of an item, readers expect HTML here; in the title and in the channel they expect words.
            xml.leaf("description", escape(entry.summary, quote=False))
        if entry.html:
            xml.leaf("content:encoded", entry.html)
        if entry.comments:
            xml.leaf("comments", f"{entry.url}#comments")
            xml.leaf("wfw:commentRss", entry.comments_feed)
        if entry.image:
            _image(xml, entry.image)


def _image(xml: Document, image: EntryImage) -> None:
    file = {"url": image.url, "type": image.media_type}
    xml.leaf("enclosure", attributes={**file, "length": str(image.bytes)})
    write_media(xml, image)

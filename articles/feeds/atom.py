"""Atom 1.0 (RFC 4287)."""

from datetime import datetime

from articles.feeds.channels import Channel
from articles.feeds.entries import MEDIA, Entry, Person, write_media
from articles.feeds.xml_writer import Document

CONTENT_TYPE = "application/atom+xml; charset=utf-8"


def write(channel: Channel) -> bytes:
    """The channel as an Atom document."""
    xml = Document()
    names = {
        "xmlns": "http://www.w3.org/2005/Atom",
        "xmlns:media": MEDIA,
        "xmlns:thr": "http://purl.org/syndication/thread/1.0",
        "xml:lang": channel.language,
    }
    with xml.element("feed", names):
        xml.leaf("title", channel.title)
        xml.leaf("subtitle", channel.description)
        # The feed's own address is its name: it leads here and nowhere else.
        xml.leaf("id", channel.feed_url("atom"))
        xml.leaf("updated", rfc3339(channel.updated))
        _link(xml, "self", channel.feed_url("atom"), "application/atom+xml")
        _link(xml, "alternate", channel.home, "text/html")
        xml.leaf("rights", channel.rights)
        # Stands for every entry that nobody signed.
        _person(xml, channel.publisher)
        for entry in channel.entries:
            _entry(xml, entry)
    return xml.as_bytes()


def rfc3339(when: datetime) -> str:
    """RFC 3339, to the second."""
    return when.isoformat(timespec="seconds")


def _entry(xml: Document, entry: Entry) -> None:
    with xml.element("entry", {"xml:lang": entry.language}):
        xml.leaf("title", entry.title)
        xml.leaf("id", entry.id)
        _link(xml, "alternate", entry.url, "text/html")
        xml.leaf("published", rfc3339(entry.published))
        xml.leaf("updated", rfc3339(entry.updated))
        for author in entry.authors:
            _person(xml, author)
        for topic in entry.topics:
            xml.leaf("category", attributes={"term": topic})
        if entry.summary:
            xml.leaf("summary", entry.summary)
        if entry.html:
            xml.leaf("content", entry.html, {"type": "html"})
        if file := entry.image:
            _link(xml, "enclosure", file.url, file.media_type, length=str(file.bytes))
            write_media(xml, file)
        if entry.licence:
            _link(xml, "license", entry.licence, "text/html")
        if entry.comments:
            _link(xml, "replies", f"{entry.comments_feed}atom/", "application/atom+xml")


def _person(xml: Document, person: Person) -> None:
    with xml.element("author"):
        xml.leaf("name", person.name)
        if person.url:
            xml.leaf("uri", person.url)


def _link(xml: Document, rel: str, href: str, kind: str, **more: str) -> None:
    xml.leaf("link", attributes={"rel": rel, "href": href, "type": kind, **more})

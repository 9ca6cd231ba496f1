"""A picture in the words of Media RSS, which Atom uses too."""

from typing import Final

from articles.feeds.entries import Picture
from articles.feeds.xml import Document

MEDIA: Final = "http://search.yahoo.com/mrss/"


def media(xml: Document, picture: Picture) -> None:
    """The file, its caption, what it shows (as Mastodon writes the text for the blind), its credit."""
    with xml.element(
        "media:content",
        {
            "url": picture.address,
            "type": picture.media_type,
            "medium": "image",
            "fileSize": str(picture.bytes),
            "width": str(picture.width),
            "height": str(picture.height),
        },
    ):
        if picture.caption:
            xml.leaf("media:title", picture.caption, {"type": "plain"})
        if picture.alt:
            xml.leaf("media:description", picture.alt, {"type": "plain"})
        if picture.credit:
            xml.leaf("media:credit", picture.credit)
        if picture.copyright:
            xml.leaf("media:copyright", picture.copyright)
        if picture.licence:
            xml.leaf("media:license", "", {"type": "text/html", "href": picture.licence})

"""Feeds as parsed trees, and their contents."""

from typing import Any

from django.test import Client
from lxml import etree

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


def rss(client: Client, url: str = "/feed/") -> etree._Element:
    return etree.fromstring(client.get(url).content)


def texts(tree: etree._Element, path: str) -> list[str]:
    found: Any = tree.xpath(path, namespaces=NAMES)
    return [each if isinstance(each, str) else (each.text or "") for each in found]


def headlines(client: Client, url: str) -> list[str]:
    return texts(rss(client, url), "//item/title")

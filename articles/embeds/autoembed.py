"""An address that stands alone in a text becomes an embed, where its provider is known."""

import re
from html import unescape
from typing import Final

from articles.body.embed_urls import kept_address
from articles.embeds.models import EmbedProvider

ALONE: Final = re.compile(
    r'^<p(?: (?:dir|lang)="[^"]*")*>(?:<a href="(?P<href>https://[^"]+)">(?P<words>[^<>]+)</a>'
    r"|(?P<bare>https://[^\s<>]+))</p>$",
    re.MULTILINE,
)
"""In a cleaned body every block has a line of its own."""


def place(body: str) -> str:
    """The cleaned body with such addresses as embeds; placing again changes nothing."""
    if not ALONE.search(body):
        return body
    providers = list(EmbedProvider.objects.filter(is_on=True))

    def put(found: re.Match[str]) -> str:
        address = kept_address(unescape(found["href"] or found["bare"]))
        if address is None or not _says_its_address(found):
            return found[0]
        if not any(provider.frame_of(address) for provider in providers):
            return found[0]
        quoted = address.replace("&", "&amp;")
        return f'<figure data-embed="{quoted}"><figcaption></figcaption></figure>'

    return ALONE.sub(put, body)


def _says_its_address(found: re.Match[str]) -> bool:
    """Words of the editor's own make a link, which stays one."""
    if found["href"] is None:
        return True
    href, words = unescape(found["href"]), unescape(found["words"]).strip()
    return _bare(words) == _bare(href)


def _bare(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")

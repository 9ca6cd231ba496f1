"""URLs alone on a line become embeds if their provider is known."""

import re
from html import unescape
from typing import Final

from articles.body.embed_urls import normalise_url
from articles.embeds.models import EmbedProvider

ALONE: Final = re.compile(
    r'^<p(?: (?:dir|lang)="[^"]*")*>(?:<a href="(?P<href>https://[^"]+)">(?P<text>[^<>]+)</a>'
    r"|(?P<bare>https://[^\s<>]+))</p>$",
    re.MULTILINE,
)
"""In a sanitised body every block has a line of its own."""


def autoembed(body: str) -> str:
    """The sanitised body with such URLs as embeds; repeating it changes nothing."""
    if not ALONE.search(body):
        return body
    providers = list(EmbedProvider.objects.filter(is_enabled=True))

    def replace(found: re.Match[str]) -> str:
        url = normalise_url(unescape(found["href"] or found["bare"]))
        if url is None or not _has_no_link_text(found):
            return found[0]
        if not any(provider.frame_of(url) for provider in providers):
            return found[0]
        quoted = url.replace("&", "&amp;")
        return f'<figure data-embed="{quoted}"><figcaption></figcaption></figure>'

    return ALONE.sub(replace, body)


def _has_no_link_text(found: re.Match[str]) -> bool:
    """A link with other text than its URL stays a link."""
    if found["href"] is None:
        return True
    href, text = unescape(found["href"]), unescape(found["text"]).strip()
    return _bare(text) == _bare(href)


def _bare(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")

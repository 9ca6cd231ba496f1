"""Texts of an import with the images and links of this site."""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Final
from urllib.parse import urlsplit

from iria.transfer.writer.images import FIGURE, Images

ATTACHED: Final = re.compile(
    r'<figure data-gallery="" data-source-attached="(?P<id>[^"]*)"></figure>'
)
LINK: Final = re.compile(r'(?P<start><a\b[^>]*? href=")(?P<href>[^"]*)(?=")', re.IGNORECASE)
NOT_PAGES: Final = ("/wp-content/", "/wp-admin/", "/wp-includes/", "/wp-json/")
FILE: Final = re.compile(r"\.(?!html?$|php$|aspx?$)[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
"""At the end of the path of a file, which stays where it is."""
OLD_ID: Final = re.compile(r"(?:^|&)(?:p|page_id)=(\d{1,18})(?:&|$)")


def with_images(body: str, images: Images) -> tuple[str, list[str]]:
    """The body with ids of the library, and the URLs of images that are not in it.

    Such an image becomes a link, so that nothing gets lost without a trace.
    """
    missing: list[str] = []

    def gallery(found: re.Match[str]) -> str:
        ids = images.attached.get(found["id"], [])
        if not ids:
            missing.append("gallery without images")
        inside = "".join(
            f'<figure data-source-image="{each}" data-source-url=""></figure>' for each in ids
        )
        return f'<figure data-gallery="">{inside}</figure>'

    def figure(found: re.Match[str]) -> str:
        url = unescape(found["url"])
        if number := images.find(unescape(found["id"]), url):
            kept = found["before"] + found["between"] + found["after"]
            return f'<figure data-image="{number}"{kept}>'
        # One within the text can be as large as a file.
        named = f"{url[:40]}…" if url.startswith("data:") else url
        missing.append(named or f"image {found['id']}")
        if not url.startswith(("http://", "https://")):
            return "<figure>"
        name = url.rsplit("/", 1)[-1] or url
        return f'<figure><p><a href="{escape(url)}">{escape(name)}</a></p>'

    return FIGURE.sub(figure, ATTACHED.sub(gallery, body)), missing


def with_links(body: str, site_url: str, find: Callable[[str], str]) -> str:
    """The body with paths instead of URLs of the old site; `articles.links` then makes references of them.

    Args:
        find: id of a text there → reference to the one here, or empty.
    """
    host = urlsplit(site_url).netloc.lower().removeprefix("www.")

    def link(found: re.Match[str]) -> str:
        new = _new_href(unescape(found["href"]).strip(), host, find)
        return found["start"] + escape(new) if new else found[0]

    return LINK.sub(link, body)


def _new_href(href: str, host: str, find: Callable[[str], str]) -> str:
    try:
        url = urlsplit(href)
    except ValueError:
        return ""
    is_of_site = bool(host) and url.netloc.lower().removeprefix("www.") == host
    if not is_of_site and (url.netloc or url.scheme or not (url.path.startswith("/") or url.query)):
        return ""
    anchor = f"#{url.fragment}" if url.fragment else ""
    if number := OLD_ID.search(url.query):
        # One that comes later in the file is found by `Texts.link_again`.
        return (find(number[1]) or f"/?p={number[1]}") + anchor
    if url.path.startswith(NOT_PAGES) or FILE.search(url.path) or not url.path.strip("/"):
        return ""
    return url.path + (f"?{url.query}" if url.query else "") + anchor

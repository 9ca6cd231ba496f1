"""What a body shows of other sites: `<figure data-embed="https://…"><figcaption>title</figcaption>`."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.body.embed_urls import kept_address
from articles.body.sanitiser import clean_caption
from articles.body.tree import inner_html, parse, text_of


@dataclass(frozen=True, slots=True)
class EmbedUse:
    """One embed in a body: the page's address, and what editors call it, as text."""

    address: str
    title: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc.removeprefix("www.")

    @property
    def name(self) -> str:
        """What the card's link says: the title, or the address where nobody wrote one."""
        return self.title or self.address.removeprefix("https://").rstrip("/")


def embed_of(figure: HtmlElement) -> EmbedUse | None:
    """The embed that a `figure` element stands for; None where it names no address."""
    if figure.get("data-image"):
        return None
    address = kept_address(figure.get("data-embed", ""))
    if address is None:
        return None
    words = " ".join(inner_html(caption) for caption in figure.iter("figcaption"))
    return EmbedUse(address, text_of(parse(clean_caption(words))))


def embeds_in(body: str) -> list[EmbedUse]:
    """Every embed, in the order of the text."""
    if "data-embed" not in body:
        return []
    return [use for figure in parse(body).iter("figure") if (use := embed_of(figure))]


def card(use: EmbedUse) -> str:
    """Title, link and host: all there is where nothing may be loaded, as in feeds and mails."""
    host = "" if use.host in use.name else f" <span>({escape(use.host)})</span>"
    return (
        f'<figure class="embed"><p class="embed-card"><a href="{escape(use.address)}">'
        f"{escape(use.name)}</a>{host}</p></figure>"
    )

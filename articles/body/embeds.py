"""Embeds in a body: `<figure data-embed="https://…"><figcaption>title</figcaption>`."""

from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.body.embed_urls import normalise_url
from articles.body.sanitiser import clean_caption
from articles.body.tree import inner_html, parse, text_of


@dataclass(frozen=True, slots=True)
class EmbedUse:
    """One embed in a body: the URL of the page, and its title as text."""

    url: str
    title: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.removeprefix("www.")

    @property
    def name(self) -> str:
        """Link text of the card: the title, or the URL."""
        return self.title or self.url.removeprefix("https://").rstrip("/")

    def or_title(self, title: str) -> "EmbedUse":
        """With this title, if editors wrote none."""
        return self if self.title or not title else replace(self, title=title)


def embed_of(figure: HtmlElement) -> EmbedUse | None:
    """The embed of a `figure` element; None if it has no valid URL."""
    if figure.get("data-image"):
        return None
    url = normalise_url(figure.get("data-embed", ""))
    if url is None:
        return None
    title = " ".join(inner_html(caption) for caption in figure.iter("figcaption"))
    return EmbedUse(url, text_of(parse(clean_caption(title))))


def embeds_in(body: str) -> list[EmbedUse]:
    """Every embed, in the order of the text."""
    if "data-embed" not in body:
        return []
    return [use for figure in parse(body).iter("figure") if (use := embed_of(figure))]


def card(use: EmbedUse) -> str:
    """Title, link and host, for feeds and e-mails and before a frame is loaded."""
    host = "" if use.host in use.name else f" <span>({escape(use.host)})</span>"
    return (
        f'<figure class="embed"><p class="embed-card"><a href="{escape(use.url)}">'
        f"{escape(use.name)}</a>{host}</p></figure>"
    )

"""Embeds of other sites: `<figure data-embed="https://…"><figcaption>title</figcaption></figure>`."""

from dataclasses import dataclass, replace
from html import escape
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.body.blocks.figures import caption_of, captioned
from articles.body.inline import Mark
from articles.body.normaliser import Flow
from articles.body.references import normalise_url
from articles.body.registry import BlockType
from articles.body.tree import Block, Node, parse, text_of

EMBED: Final = "data-embed"


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


def embed_of(figure: HtmlElement, number: int = 1) -> EmbedUse | None:
    """The embed of a `figure` element; None if it has no valid URL."""
    if figure.get("data-image"):
        return None
    url = normalise_url(figure.get(EMBED, ""))
    return None if url is None else EmbedUse(url, text_of(parse(caption_of(figure))))


def embeds_in(body: str) -> list[EmbedUse]:
    """Every embed, in the order of the text."""
    if EMBED not in body:
        return []
    return [use for figure in parse(body).iter("figure") if (use := embed_of(figure))]


def card(use: EmbedUse) -> str:
    """Title, link and host, for feeds and e-mails and before a frame is loaded."""
    host = "" if use.host in use.name else f" <span>({escape(use.host)})</span>"
    return (
        f'<figure class="embed"><p class="embed-card"><a href="{escape(use.url)}">'
        f"{escape(use.name)}</a>{host}</p></figure>"
    )


def _normalise(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    url = normalise_url(node.attributes[EMBED]) or ""
    return [captioned({EMBED: url}, flow.caption(node.children))]


EMBED_BLOCK: Final = BlockType(
    name="embed",
    tags=("figure",),
    elements={"figure": {EMBED: normalise_url}, "figcaption": {}},
    matches=lambda node: normalise_url(node.attributes.get(EMBED, "")) is not None,
    normalise=_normalise,
    read=embed_of,
    write=card,
    compared=lambda use: use.url,
    editor="iria_admin/editor/embed.js",
)

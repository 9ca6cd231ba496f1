"""The cards of Ghost's editors as HTML: what is neither text nor heading nor list.

The names and fields are those of Lexical nodes; Mobiledoc has the same fields under some other names (`NAMES`). Images
are plain `img` in a `figure`; `bodies` makes of them, and of those in HTML and Markdown cards, what the writer expects.
"""

import re
from collections.abc import Callable
from html import escape
from typing import Any, Final

from iria.transfer.markdown import bodies
from iria.transfer.records import Remark

Card = dict[str, Any]
NAMES: Final = {
    "card-markdown": "markdown",
    "code": "codeblock",
    "hr": "horizontalrule",
    "divider": "horizontalrule",
    "call_to_action": "call-to-action",
}
WIDTHS: Final = {"wide": "wide", "full": "full"}
ONLY_MAIL: Final = frozenset({"email", "email-cta"})
MAX_STARS: Final = 5
MARKDOWN: Final = re.compile(
    rf"{bodies.CODE}|^(?P<heading>#{{1,6}})(?=[^\s#])|{bodies.MARKED}", re.MULTILINE | re.DOTALL
)
"""Code, which stays; the sign of a heading without a space; marked text, which has no equivalent."""


class Cards:
    """Renders the cards of one text, and collects what an editor should know."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []

    def html(self, name: str, card: Card) -> str:
        """The card as HTML; empty if nothing of it is shown on pages."""
        name = NAMES.get(name, name)
        if name in ONLY_MAIL or not is_public(card.get("visibility")):
            what = "in e-mails only" if name in ONLY_MAIL else "to members only"
            self.remarks.append(
                Remark("hidden card", f"{name}: shown {what}, so it was not imported.")
            )
            return ""
        render = CARDS.get(name)
        if render is None:
            self.remarks.append(Remark("unknown card", name))
            return _rest(card)
        html = render(card)
        if name in WITHOUT_FUNCTION:
            self.remarks.append(Remark("card without function", f"{name} {_plain(html)}".strip()))
        return html


def is_public(visibility: object) -> bool:
    """Whether everybody sees a card on the site; in an old and a new form."""
    if not isinstance(visibility, dict):
        return True
    web = visibility.get("web")
    if isinstance(web, dict) and "nonMember" in web:
        return web["nonMember"] is True
    return visibility.get("showOnWeb", True) is True and not visibility.get("emailOnly")


def markdown(text: str) -> str:
    """What Ghost's Markdown has: HTML, tables, footnotes, line breaks, headings without a space."""

    def part(found: re.Match[str]) -> str:
        return f"{found['heading']} " if found["heading"] else found["marked"] or found[0]

    text = MARKDOWN.sub(part, text)
    try:
        return str(bodies.markdown_parser(breaks=True).render(text))
    except (RecursionError, IndexError, ValueError):
        return f"<p>{escape(text, quote=False)}</p>"


def figure(src: str, *, alt: str = "", caption: str = "", width: str = "", href: str = "") -> str:
    """An image in the form of Ghost's own HTML."""
    if not src:
        return ""
    wide = f" kg-width-{WIDTHS[width]}" if width in WIDTHS else ""
    image = f'<img src="{escape(src)}" alt="{escape(alt)}">'
    if href:
        image = f'<a href="{escape(href)}">{image}</a>'
    return f'<figure class="kg-card kg-image-card{wide}">{image}{_figcaption(caption)}</figure>'


def link(url: str, text: str, after: str = "") -> str:
    """A paragraph with a link; `after` is HTML."""
    if not url:
        return f"<p>{text}{after}</p>" if (text or after).strip() else ""
    name = text or escape(url.rstrip("/").rsplit("/", 1)[-1] or url)
    return f'<p><a href="{escape(url)}">{name}</a>{after}</p>'


def value(card: Card, *names: str) -> str:
    """The first of these fields that has a text."""
    for name in names:
        given = card.get(name)
        if isinstance(given, (str, int, float)) and not isinstance(given, bool) and str(given):
            return str(given)
    return ""


def _image(card: Card) -> str:
    return figure(
        value(card, "src", "url"),
        alt=value(card, "alt"),
        caption=value(card, "caption"),
        width=value(card, "cardWidth"),
        href=value(card, "href"),
    )


def _gallery(card: Card) -> str:
    images = card.get("images")
    listed = [each for each in images if isinstance(each, dict)] if isinstance(images, list) else []
    inside = "".join(
        figure(value(each, "src"), alt=value(each, "alt"), caption=value(each, "caption"))
        for each in listed
    )
    text = _figcaption(value(card, "caption"))
    return f'<figure data-gallery="">{inside}{text}</figure>' if inside else ""


def _before_after(card: Card) -> str:
    both = [card.get("beforeImage"), card.get("afterImage")]
    return _gallery({"images": both, "caption": card.get("caption")})


def _embed(card: Card) -> str:
    url, html = value(card, "url"), value(card, "html")
    text = _figcaption(value(card, "caption"))
    if not url:
        return f'<figure class="kg-card kg-embed-card">{html}{text}</figure>' if html else ""
    return f'<figure data-embed="{escape(url)}">{text}</figure>'


def _bookmark(card: Card) -> str:
    given = card.get("metadata")
    metadata: Card = given if isinstance(given, dict) else card
    title = escape(value(metadata, "title") or value(card, "url"), quote=False)
    description = escape(value(metadata, "description"), quote=False)
    after = f"<br>{description}" if description else ""
    if caption := value(card, "caption"):
        after += f"<br>{caption}"
    return link(value(card, "url") or value(metadata, "url"), title, after)


def _callout(card: Card) -> str:
    emoji = escape(value(card, "calloutEmoji"), quote=False)
    text = value(card, "calloutText")
    if not text:
        return ""
    if emoji:
        # The text has its own paragraphs or none.
        text = re.sub(r"^\s*(?:<p\b[^>]*>)?", lambda found: f"{found[0]}{emoji} ", text, count=1)
    return f'<aside data-callout=""><p>{text}</p></aside>'


def _toggle(card: Card) -> str:
    return f"{_heading(value(card, 'heading'), 'h4')}<div>{value(card, 'content')}</div>"


def _button(card: Card) -> str:
    text = escape(value(card, "buttonText"), quote=False)
    return link(value(card, "buttonUrl"), text) if text else ""


def _media(card: Card) -> str:
    """Audio and video: a link to the file, because files other than images stay where they are."""
    title = escape(value(card, "title", "fileName"), quote=False)
    caption = value(card, "caption")
    return link(value(card, "src"), title, f"<br>{caption}" if caption else "")


def _file(card: Card) -> str:
    title = escape(value(card, "fileTitle", "fileName"), quote=False)
    caption = escape(value(card, "fileCaption"), quote=False)
    return link(value(card, "src"), title, f"<br>{caption}" if caption else "")


def _header(card: Card) -> str:
    return (
        figure(value(card, "backgroundImageSrc"))
        + _heading(value(card, "header"), "h2")
        + _paragraph(value(card, "subheader"))
        + (_button(card) if card.get("buttonEnabled") else "")
    )


def _signup(card: Card) -> str:
    return (
        _heading(value(card, "header"), "h2")
        + _paragraph(value(card, "subheader"))
        + _paragraph(value(card, "disclaimer"))
    )


def _product(card: Card) -> str:
    stars = ""
    given = card.get("productStarRating")
    if card.get("productRatingEnabled") and isinstance(given, (int, float)):
        full = min(max(int(given), 0), MAX_STARS)
        stars = f"<p>{'★' * full}{'☆' * (MAX_STARS - full)}</p>"
    button = ""
    if card.get("productButtonEnabled"):
        text = escape(value(card, "productButton"), quote=False)
        button = link(value(card, "productUrl"), text) if text else ""
    return (
        figure(value(card, "productImageSrc"))
        + _heading(value(card, "productTitle"), "h4")
        + f"<div>{value(card, 'productDescription')}</div>{stars}{button}"
    )


def _call_to_action(card: Card) -> str:
    label = value(card, "sponsorLabel") if card.get("hasSponsorLabel") else ""
    button = _button(card) if card.get("showButton") else ""
    image = figure(value(card, "imageUrl")) if card.get("hasImage") is not False else ""
    text = f"<div>{label}</div><div>{value(card, 'textValue')}</div>{button}"
    return f'{image}<aside data-callout="">{text}</aside>'


def _code(card: Card) -> str:
    code = escape(value(card, "code"), quote=False)
    return f"<pre><code>{code}</code></pre>{_paragraph(value(card, 'caption'))}" if code else ""


def _rest(card: Card) -> str:
    """What an unknown card says, so that no text gets lost."""
    html = value(card, "html", "content", "text")
    return f"<div>{html}</div>" if html else ""


def _figcaption(html: str) -> str:
    return f"<figcaption>{html}</figcaption>" if html.strip() else ""


def _heading(html: str, tag: str) -> str:
    return f"<{tag}>{html}</{tag}>" if html.strip() else ""


def _paragraph(html: str) -> str:
    return f"<p>{html}</p>" if html.strip() else ""


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())[:200]


CARDS: Final[dict[str, Callable[[Card], str]]] = {
    "image": _image,
    "gallery": _gallery,
    "before-after": _before_after,
    "embed": _embed,
    "bookmark": _bookmark,
    "callout": _callout,
    "toggle": _toggle,
    "button": _button,
    **dict.fromkeys(("html", "plugin-card"), lambda card: f"<div>{value(card, 'html')}</div>"),
    "markdown": lambda card: f"<div>{markdown(value(card, 'markdown'))}</div>",
    **dict.fromkeys(("audio", "video"), _media),
    "file": _file,
    "header": _header,
    "signup": _signup,
    "product": _product,
    "call-to-action": _call_to_action,
    "codeblock": _code,
    "horizontalrule": lambda _card: "<hr>",
    "nft": lambda card: link(value(card, "url"), escape(value(card, "title"), quote=False)),
    **dict.fromkeys(("paywall", "transistor", "collection"), lambda _card: ""),
}
WITHOUT_FUNCTION: Final = frozenset({"signup", "paywall", "transistor", "collection"})
"""Forms, players and lists that only Ghost can fill."""

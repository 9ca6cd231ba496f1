"""The HTML that editors write before and after the articles: cleaned, as plain text, and with links by reference.

Links to articles and pages follow their targets until the e-mail is sent.
"""

import re
from collections.abc import Collection, Sequence
from html import escape
from itertools import batched
from typing import Any, Final
from urllib.parse import urljoin

import nh3
from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse
from lxml.html import HtmlElement

from articles.body.cleaning import linear
from articles.body.references import NO_URLS, SCHEME, has_scheme, read, with_urls
from articles.body.tree import parse
from articles.editorial.internal_links import OtherTexts, Source
from articles.editorial.rendering import texts_with_urls
from articles.links.saving import refer_all
from articles.links.targets import HiddenLink, hidden_links
from iria.publication.mail import wrapped
from newsletter.models import Issue, IssueInternalLink

TAGS: Final = frozenset({"p", "br", "strong", "em", "b", "i", "sub", "sup", "a", "ul", "ol", "li"})
TAG: Final = re.compile(r"</?[A-Za-z!]")


def clean(html: str) -> str:
    """Sanitises HTML; a single empty paragraph becomes an empty string.

    Without JavaScript the field is a textarea: its text has no tags, and empty lines separate
    paragraphs.
    """
    cleaned = _sanitise(html if TAG.search(html) else _paragraphs_from_text(html), "pass_through")
    return cleaned if TAG.search(cleaned) or not cleaned else f"<p>{cleaned}</p>"


def safe(html: str) -> str:
    """Sanitises HTML again for output; a link that is still a reference becomes text."""
    return clean(with_urls(html, NO_URLS))


def with_absolute_urls(html: str, site: str) -> str:
    """Makes all links absolute, as an e-mail has no base URL; see `safe`."""
    return _sanitise(with_urls(html, NO_URLS), lambda href: urljoin(f"{site}/", href))


def _paragraphs_from_text(text: str) -> str:
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return "".join(
        f"<p>{escape(part.strip(), quote=False).replace(chr(10), '<br>')}</p>" for part in parts
    )


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    return None if attribute == "href" and has_scheme(value) and not read(value) else value


def _sanitise(html: str, relative: object) -> str:
    cleaner = nh3.Cleaner(
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}, "p": {"dir", "lang"}},
        attribute_filter=_allowed_value,
        url_schemes={"http", "https", "mailto", "tel", SCHEME},
        url_relative=relative,  # type: ignore[arg-type]
        link_rel=None,
    )
    cleaned = linear(cleaner, html).strip()
    return cleaned if parse(cleaned).text_content().strip() else ""


def as_plain_text(html: str) -> str:
    """Returns paragraphs of plain text, with the URL of each link after its text."""
    blocks: list[str] = []
    inline: list[str] = []
    tree = parse(html)
    for link in list(tree.iter("a")):
        _write_url(link)
    for line_break in list(tree.iter("br")):
        line_break.tail = "\n" + (line_break.tail or "")
    if tree.text and tree.text.strip():
        inline.append(tree.text)
    for element in tree:
        if element.tag in {"ul", "ol"}:
            blocks += [*_paragraphs(inline), _list(element)]
            inline = []
        elif element.tag == "p":
            blocks += [*_paragraphs(inline), *_paragraphs([element.text_content()])]
            inline = []
        else:
            inline.append(element.text_content())
        inline.append(element.tail or "")
    blocks += _paragraphs(inline)
    return "\n\n".join(blocks)


def _paragraphs(parts: list[str]) -> list[str]:
    lines = [wrapped(line) for line in "".join(parts).split("\n") if line.strip()]
    return ["\n".join(lines)] if lines else []


def _list(element: HtmlElement) -> str:
    """Returns one line per item; a nested list is part of its item."""
    ordered = element.tag == "ol"
    lines = []
    for number, item in enumerate(element.findall("li"), start=1):
        marker = f"{number}. " if ordered else "– "
        lines.append(wrapped(item.text_content(), first=marker, rest=" " * len(marker)))
    return "\n".join(lines)


def _write_url(link: HtmlElement) -> None:
    href = (link.get("href") or "").removeprefix("mailto:")
    text = link.text_content().strip()
    if href and href.rstrip("/") != text.rstrip("/"):
        link.tail = f" ({href})" + (link.tail or "")


NAME: Final = "issue"
TEXTS: Final = ("introduction", "closing", "image_caption")


def stored_texts(issue: Issue) -> dict[str, str]:
    """The texts as they are stored: sanitised, with references instead of URLs."""
    introduction, closing = map(clean, (issue.introduction, issue.closing))
    texts = refer_all(introduction, closing, issue.image_caption)
    return dict(zip(TEXTS, texts, strict=True))


def show_urls(issues: Sequence[Issue]) -> None:
    """Gives these instances their texts as readers see them, with at most one query."""
    texts = texts_with_urls(getattr(issue, name) for issue in issues for name in TEXTS)
    for issue, values in zip(issues, batched(texts, len(TEXTS)), strict=True):
        issue.introduction, issue.closing, issue.image_caption = values


def hidden_links_of(issue: Issue) -> list[tuple[str, HiddenLink]]:
    """The links that readers would see as text, each with the name of its field."""
    return [(name, link) for name in TEXTS for link in hidden_links(getattr(issue, name))]


def _linking_to(
    kind: str, ids: Collection[int], user: Any, published: bool
) -> "QuerySet[IssueInternalLink]":
    links = IssueInternalLink.objects.filter(target_kind=kind, target_id__in=ids)
    if not user.has_perm("newsletter.view_issue"):
        links = links.none()
    if published:
        links = links.filter(issue__in=Issue.objects.public().order_by().values("pk"))
    return links.annotate(
        source_kind=Value(NAME, CharField()),
        source_id=F("issue_id"),
        source_title=F("issue__subject"),
        source_state=F("issue__state"),
        source_time=F("issue__started_at"),
    )


def _source(number: int, title: str, state: str) -> Source:
    issue = Issue(pk=number, subject=title, state=state)
    url = reverse("admin:newsletter_issue_change", args=[number])
    label = f"Newsletter, {Issue.State(state).label.lower()}"
    return Source(f"Newsletter “{issue}”", url, issue.has_started, label)


LINKING_ISSUES: Final = OtherTexts(linking_to=_linking_to, source=_source)

"""Unsanitised markup in the database, for example from a restore, is never executed."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial.models import Article, Category, Correction, Figure
from articles.images.models import Image
from articles.pages.models import Page
from iria.publication.models import Publication, current_publication
from newsletter.email import rendering
from newsletter.models import Issue
from tests import newsroom
from tests.newsletter.factories import issue, mail_image
from tests.shared import shared_data

pytestmark = pytest.mark.django_db

FORBIDDEN = {"iframe", "object", "embed", "applet", "base", "frame", "frameset", "style", "math"}
LINKS = {"href", "src", "action", "formaction", "data", "poster", "xlink:href", "background"}
SCRIPT_SCHEMES = ("javascript:", "vbscript:", "data:text")
SCRIPT_URL = "javascript:alert(1)//"


def payloads() -> list[str]:
    owasp = json.loads(shared_data("xss", "owasp-filter-evasion.json").read_text())
    bleach = json.loads(shared_data("xss", "bleach-data.json").read_text())
    # PostgreSQL cannot store NUL.
    return [p.replace("\x00", "") for p in [*owasp, *(row["payload"] for row in bleach)]]


def texts() -> list[str]:
    """Payloads that run in a browser one by one, the others in groups of seven."""
    live = json.loads(shared_data("xss", "live_in_chromium.json").read_text())
    live_payloads = [row["payload"].replace("\x00", "") for row in live]
    others = [payload for payload in payloads() if payload not in live_payloads]
    return [*live_payloads, *("".join(others[at : at + 7]) for at in range(0, len(others), 7))]


def dangerous_markup(tree: HtmlElement, place: str) -> Iterator[str]:
    # An e-mail contains one style element.
    allowed = {"style"} if place == "e-mail" and len(tree.findall(".//style")) == 1 else set()
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        name = element.tag.lower()
        if name in FORBIDDEN - allowed:
            yield f"<{name}>"
        ours = (element.get("src") or "").startswith("/static/")
        if name == "script" and not ours and element.get("type") != "application/ld+json":
            yield "<script>"
        if name == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            yield "refresh"
        for attribute, value in element.attrib.items():
            is_script = "".join(value.split()).lower().startswith(SCRIPT_SCHEMES)
            if attribute.startswith("on") or (attribute in LINKS and is_script):
                yield f"<{name} {attribute}={value[:40]}>"


@pytest.fixture
def article(edna: User) -> Article:
    lead, inner = mail_image(), mail_image(checksum="1" * 64)
    published = newsroom.published(
        "Ferries",
        lead_image=lead,
        lead_caption="A caption",
        body=f'<p>Words.</p><figure data-image="{inner.pk}"><figcaption>In it</figcaption></figure>',
        authors=[newsroom.author("Ines Faro")],
        categories=[newsroom.category("Asia")],
        tags=["Straits"],
        by=edna,
    )
    Correction.objects.create(article=published, text="It was late.", created_by=edna)
    Comment.objects.create(article=published, name="Teo", text="Words.", state="approved")
    Page.objects.create(title="About", path="about", body="<p>Us.</p>", is_published=True)
    issue("News", published, image=lead, image_caption="On top")
    Publication.objects.filter(pk=current_publication().pk).update(full_text_feeds=True)
    return published


def store(article: Article, text: str) -> None:
    """Writes the text into every public column, without models, forms and sanitisers."""
    figure = article.figures.exclude(place=Figure.Place.LEAD).get()
    body = f'{text}<figure data-image="{figure.image_id}"><figcaption>{text}</figcaption></figure>'
    Article.objects.update(
        headline=text[:200] or "x", standfirst=text[:600], search_description=text[:300], body=body
    )
    Figure.objects.update(caption=text)
    Image.objects.update(
        caption=text,
        alt_text=text or "x",
        credit=text[:300] or "x",
        credit_url=f"{SCRIPT_URL}{text}"[:200],
        extended_description=text,
        copyright_notice=text[:500],
    )
    links = [{"name": text[:60], "address": f"{SCRIPT_URL}{text}"}]
    AuthorProfile.objects.update(
        name=text[:100] or "x", role=text[:100], biography=text, links=links
    )
    Category.objects.update(name=text[:80] or "x", introduction=text)
    Correction.objects.update(text=text)
    Comment.objects.update(name=text[:60] or "x", text=text)
    Page.objects.update(title=text[:100] or "x", body=text)
    Publication.objects.update(
        tagline=text[:100], about=text, social_links=links, share_links=links
    )
    now = timezone.now()
    sent = {
        "state": "sent",
        "started_at": now,
        "sent_at": now,
        "sent_html": text,
        "sent_text": text,
    }
    texts = {"introduction": text, "closing": text, "image_caption": text, "preheader": text[:150]}
    Issue.objects.update(subject=text[:150] or "x", slug="news", **texts, **sent)


def outputs(client: Client, article: Article) -> Iterator[tuple[str, str]]:
    """All public outputs, with their URL."""
    place = article.get_absolute_url()
    picture = article.lead_image
    assert picture
    pages = ["/", place, f"{place}comments/", f"{place}picture/{picture.pk}/", "/about/"]
    pages += [
        "/newsletter/",
        "/newsletter/issues/news/",
        "/author/ines-faro/",
        "/category/asia/",
        "/corrections/",
        "/search/?q=ferries",
    ]
    for path in pages:
        yield path, client.get(path).content.decode()
    for path in ("/feed/", "/feed/atom/", "/newsletter/issues/feed/", f"{place}feed/"):
        for element in etree.fromstring(client.get(path).content).iter():
            # Feed readers show these as HTML.
            name = etree.QName(element).localname
            is_html = name in {"description", "encoded"} and "mrss" not in str(element.tag)
            if element.text and (is_html or element.get("type") == "html"):
                parent = element.getparent()
                if parent is not None and etree.QName(parent).localname == "channel":
                    continue
                yield f"{path} {name}", element.text
    for item in client.get("/feed/json/").json()["items"]:
        yield "/feed/json/", item.get("content_html", "")
    response = client.get(f"/api/v1/articles/{article.pk}/").json()
    yield "/api/", response["html"]
    email = rendering.compose(Issue.objects.with_articles().get())
    yield "e-mail", email.html


def test_no_unsanitised_payload_is_executed(
    client: Client, article: Article, settings: object
) -> None:
    settings.SEARCH_RATE_LIMIT = settings.API_RATE_LIMIT = 10**9  # type: ignore[attr-defined]
    found = []
    for text in texts():
        store(article, text)
        for place, html in outputs(client, article):
            tree = lxml_html.document_fromstring(f"<div>{html}</div>" if html else "<p></p>")
            found += [(place, text[:60], each) for each in dangerous_markup(tree, place)]
    assert found == []


def test_sanitised_html_is_shown_unchanged(client: Client, article: Article) -> None:
    store(article, '<p>A <em>word</em> &amp; <a href="/x/">more</a></p>')
    page = client.get(article.get_absolute_url()).content.decode()
    assert '<p>A <em>word</em> &amp; <a href="/x/">more</a></p>' in page

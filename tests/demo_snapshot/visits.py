"""Visits every public page by following links, and stores the responses."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import html

from tests.demo_snapshot.normalise import Normaliser
from tests.demo_snapshot.site import Site

BASE: Final = "http://127.0.0.1:8000"
START: Final = (
    *("/", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt", "/feed/", "/api/v1/"),
    *("/feed/atom/", "/feed/json/", "/api/v1/openapi.json"),
    *(f"/api/v1/{kind}/" for kind in ("articles", "authors", "categories", "comments", "tags")),
    *("/api/v1/pictures/", "/api/v1/articles/?limit=2", "/api/v1/articles/?q=security"),
    *("/api/v1/articles/?fields=id,headline", "/api/v1/articles/?nonsense=1", "/api/v1/nowhere/"),
    *("/search/", "/search/?q=security", "/search/?q=sea&category=asia-pacific&sort=newest"),
    *("/search/?q=xylophonically", "/search/?q=securty", "/search/?q=sea&year=2026-02-30"),
    *("/search/?q=%22coast+guard%22", "/search/?q=-", "/search/?q=eau&language=fr"),
    *("/search/suggest/?q=sec", "/search/feed/?q=security"),
    *("/newsletter/", "/newsletter/issues/", "/newsletter/issues/feed/"),
    *("/newsletter/confirm/x/", "/newsletter/preferences/x/", "/newsletter/unsubscribe/x/"),
    *("/corrections/", "/archive/", "/tag/", "/author/", "/about/", "/contact/", "/privacy/"),
    *("/accounts/login/", "/accounts/signup/", "/accounts/login/code/"),
    *("/accounts/password/reset/", "/accounts/profile/", "/preview/x/", "/admin/"),
    *("/nowhere/to/be/found/", "/2019/", "/2026/13/", "/category/nowhere/", "/about"),
    *("/language/xx/", "/comments/yours/x/", "/comments/new/", "/comments/mine/"),
    *("/healthz", "/readyz", "/api/oembed/", "/comments/follow/asked/"),
)
"""The first pages, and pages without a link."""

LEFT_OUT: Final = re.compile(r"^/(static|pictures|face|emblem|favicon|admin/.)")
SAMPLED: Final = re.compile(r"^/(search|accounts|comments|newsletter/link|api/oembed)/?")
"""A few pages of each kind are enough; they differ only in a number or a query."""

MAX_OF_A_KIND: Final = 3
DROPPED: Final = {"ETag", "Content-Length", "Date", "Set-Cookie", "Last-Modified"}


class Visitor:
    """Stores each response."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.normaliser = Normaliser(site.pictures())
        self.count = 0

    def write(self, name: str, text: str) -> None:
        path = self.folder / f"{name}.txt"
        number = 1
        while path.exists():  # two URLs that differ only in replaced values
            number += 1
            path = self.folder / f"{name}~{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", "utf-8")
        self.count += 1

    def note(self, name: str, answer: Any) -> None:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        content_type = answer.headers.get("Content-Type", "")
        head = [f"{answer.status_code} {answer.reason_phrase}"]
        head += sorted(f"{key}: {value}" for key, value in answer.items() if key not in DROPPED)
        head += [f"Set-Cookie: {key}" for key in sorted(answer.cookies)]
        body = self.normaliser.body(content, content_type)
        self.write(name, self.normaliser.text("\n".join(head)) + "\n\n" + body)

    def note_mails(self, place: str, mails: Iterable[EmailMessage]) -> None:
        counted: Counter[str] = Counter()
        for mail in mails:
            subject = re.sub(r"\W+", "-", str(mail["Subject"])).strip("-")[:50]
            stem = f"{place}/{mail['To']!s}-{self.normaliser.text(subject)}"
            counted[stem] += 1
            self.write(f"{stem}-{counted[stem]}", self._mail(mail))

    def _mail(self, mail: EmailMessage) -> str:
        lines = [
            f"{key}: {re.sub(r'\s+', ' ', value)}"
            for key, value in sorted(mail.items())
            if key not in {"Message-ID", "Date"} and not value.startswith("multipart/")
        ]
        text = "\n".join(lines)
        for part in mail.walk():
            if not part.is_multipart():
                kind = part.get_content_type()
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                body = self.normaliser.body(content, kind)
                text += f"\n\n--- {kind} {part.get('Content-ID', '') and 'with an id'}\n{body}"
        return re.sub(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", "CODE", self.normaliser.text(text))


def walk(visitor: Visitor) -> None:
    client = visitor.site.client()
    waiting, seen = deque(START), set(START)
    kinds: Counter[str] = Counter()
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        visitor.note(f"public/{file_name(visitor.normaliser.path(path))}", answer)
        client.cookies.clear()
        for link in links_in(path, answer):
            if link in seen or LEFT_OUT.match(link):
                continue
            seen.add(link)
            if SAMPLED.match(link):
                kind = re.sub(r"\d+", "0", re.sub(r"=[^&]*", "=", link))
                kinds[kind] += 1
                if kinds[kind] > MAX_OF_A_KIND:
                    continue
            waiting.append(link)


def file_name(path: str) -> str:
    name = path.lstrip("/")
    if name.endswith("/") or not name:
        name += "index"
    return re.sub(r"[^\w./=&+-]", "_", name.replace("/?", "/index?"))[:180]


def links_in(path: str, answer: Any) -> list[str]:
    """The links of a response to this site, in their order."""
    content_type = answer.headers.get("Content-Type", "")
    links = [answer.headers.get("Location", "")]
    links += re.findall(r"<([^>]+)>; rel", answer.headers.get("Link", ""))
    text = answer.content.decode("utf-8", "replace")
    if "text/html" in content_type and answer.content:
        page = html.fromstring(answer.content.decode())
        links += page.xpath("//a/@href | //link[@rel='alternate' or @rel='next']/@href")
    elif "xml" in content_type or "json" in content_type:
        links += re.findall(rf"{re.escape(BASE)}/[^\s\"'<>\\]*", text.replace("&amp;", "&"))
        links += _numbers(path, text) if path.startswith("/api/v1/") else []
    local = []
    for link in links:
        url = urldefrag(urljoin(BASE + path, link))[0]
        if link and url.startswith(BASE):
            parts = urlsplit(url)
            local.append((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    return local


def _numbers(path: str, text: str) -> list[str]:
    """The URLs of the items in a list of the API."""
    kind = re.fullmatch(r"/api/v1/(\w+)/(?:\?cursor.*)?", path)
    items = json.loads(text).get("items", []) if kind else []
    return [f"/api/v1/{kind[1]}/{item['id']}/" for item in items if kind]

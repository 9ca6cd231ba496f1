"""Everything a stranger can open, found by following links; then what somebody does who writes."""

import re
from collections import Counter, deque
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from time import sleep
from typing import Any, Final
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client
from lxml import html

from tests.demo_snapshot.normalise import Normaliser
from tests.demo_snapshot.site import PASSWORD, Site

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
"""Where the walk begins, and pages that no link leads to."""

LEFT_OUT: Final = re.compile(r"^/(static|pictures|face|emblem|favicon|admin/.)")
FEW: Final = re.compile(r"^/(search|accounts|comments|newsletter/link|api/oembed)/?")
"""One page of a kind says all; the links to the others differ only in a number or a query."""

MOST_OF_A_KIND: Final = 3
DROPPED: Final = {"ETag", "Content-Length", "Date", "Set-Cookie", "Last-Modified"}
SLOWLY: Final = 3.5
"""Seconds; a form that comes back sooner was not filled in by a person."""


class Visitor:
    """Writes down each answer, and the links in it."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.normaliser = Normaliser(site.pictures())
        self.count = 0

    def write(self, name: str, text: str) -> None:
        path = self.folder / f"{name}.txt"
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


def visit(site: Site, folder: Path) -> int:
    """Writes the whole set; returns the number of files."""
    visitor = Visitor(site, folder)
    visitor.note_mails("mail/loaded", site.mails())
    _walk(visitor)
    _previews(visitor)
    journeys = {
        "newsletter": _newsletter,
        "account": _account,
        "comment": _comment,
    }
    for name, journey in journeys.items():
        known = len(site.mails())
        journey(visitor)
        site.work()
        visitor.note_mails(f"mail/{name}", site.mails()[known:])
    return visitor.count


def _walk(visitor: Visitor) -> None:
    client = visitor.site.client()
    waiting, seen = deque(START), set(START)
    kinds: Counter[str] = Counter()
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        visitor.note(f"public/{file_name(visitor.normaliser.path(path))}", answer)
        client.cookies.clear()
        for link in _links(path, answer):
            if link in seen or LEFT_OUT.match(link):
                continue
            seen.add(link)
            if FEW.match(link):
                kind = re.sub(r"\d+", "0", re.sub(r"=[^&]*", "=", link))
                kinds[kind] += 1
                if kinds[kind] > MOST_OF_A_KIND:
                    continue
            waiting.append(link)


def file_name(path: str) -> str:
    name = path.lstrip("/")
    if name.endswith("/") or not name:
        name += "index"
    return re.sub(r"[^\w./=&+-]", "_", name.replace("/?", "/index?"))[:180]


def _links(path: str, answer: Any) -> list[str]:
    """Paths on this site that an answer leads to, in the order in which it names them."""
    content_type = answer.headers.get("Content-Type", "")
    found = [answer.headers.get("Location", "")]
    found += re.findall(r"<([^>]+)>; rel", answer.headers.get("Link", ""))
    text = answer.content.decode("utf-8", "replace")
    if "text/html" in content_type and answer.content:
        page = html.fromstring(answer.content.decode())
        found += page.xpath("//a/@href | //link[@rel='alternate' or @rel='next']/@href")
    elif "xml" in content_type or "json" in content_type:
        found += re.findall(rf"{re.escape(BASE)}/[^\s\"'<>\\]*", text.replace("&amp;", "&"))
        found += _numbers(path, text) if path.startswith("/api/v1/") else []
    local = []
    for link in found:
        whole = urldefrag(urljoin(BASE + path, link))[0]
        if link and whole.startswith(BASE):
            parts = urlsplit(whole)
            local.append((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    return local


def _numbers(path: str, text: str) -> list[str]:
    """The single things that a listing of the API names."""
    kind = re.fullmatch(r"/api/v1/(\w+)/(?:\?cursor.*)?", path)
    if kind is None:
        return []
    return [f"/api/v1/{kind[1]}/{number}/" for number in re.findall(r'\{"id": ?(\d+)', text)]


def _previews(visitor: Visitor) -> None:
    """A draft, as whoever has the link reads it."""
    editor = visitor.site.editor()
    listed = html.fromstring(editor.get("/admin/articles/article/?all=1").content.decode())
    for number, path in enumerate(_changeable(listed)):
        page = html.fromstring(editor.get(path).content.decode())
        for link in page.xpath("//a[contains(@href, '/preview/')]/@href")[:1]:
            found = visitor.site.client().get(urlsplit(link).path)
            visitor.note(f"preview/{number}", found)


def _changeable(listed: html.HtmlElement) -> list[str]:
    """The forms that a list of the admin leads to."""
    links = [urljoin("/admin/articles/article/", link) for link in listed.xpath("//a/@href")]
    paths = [link.partition("?")[0] for link in links]
    return [path for path in dict.fromkeys(paths) if path.endswith("/change/")]


def _submit(client: Client, path: str, answer: Any, *, last: bool = False, **typed: str) -> Any:
    """Fills in the form that has all these fields, or the last one, and presses its button."""
    page = html.fromstring(answer.content.decode(), base_url=BASE + path)
    forms = [form for form in page.xpath("//main//form") if form.method == "POST"]
    with_fields = [form for form in forms if typed.keys() <= set(form.fields.keys())]
    form = forms[-1] if last else (with_fields or forms)[0]
    data = _as_opened(form) | typed
    for button in form.xpath(".//button[@name]")[:1] if last else []:
        data[button.get("name")] = button.get("value", "")
    action = urlsplit(urljoin(BASE + path, form.get("action") or path))
    target = action.path + (f"?{action.query}" if action.query else "")
    return client.post(target, data, follow=True)


def _as_opened(form: html.FormElement) -> dict[str, Any]:
    """What a browser would send. (`form_values` takes a radio button with an empty value as on.)"""
    data: dict[str, Any] = {}
    for field in form.inputs:
        kind = field.get("type", "")
        if kind in {"submit", "image", "button", "reset", "file"} or not field.name:
            continue
        if kind in {"checkbox", "radio"}:
            if field.checked:
                data.setdefault(field.name, []).append(field.get("value", "on"))
        else:
            data[field.name] = "" if field.value is None else field.value
    return data


def _link_in(visitor: Visitor, address: str, within: str) -> str:
    """The path of the newest link of this kind mailed to somebody."""
    for mail in reversed(visitor.site.mails()):
        body = mail.get_body(("plain",))
        if address in str(mail["To"]) and body is not None:
            found = re.findall(rf"{re.escape(BASE)}(\S*?{within}\S+)", body.get_content())
            if found:
                return str(found[0]).rstrip(".)>")
    raise LookupError(f"No mail to {address} has a link with {within}.")


def _leads_to(beginning: str, path: str, answer: Any) -> str:
    """The first link of a page that begins so."""
    return next(link for link in _links(path, answer) if link.startswith(beginning))


def _open(visitor: Visitor, client: Client, name: str, path: str) -> Any:
    answer = client.get(path, follow=True)
    visitor.note(name, answer)
    return answer


def _newsletter(visitor: Visitor) -> None:
    """Subscribes, confirms, changes what is received, asks for the data, leaves."""
    client, address = visitor.site.client(), "newcomer@readers.example"
    page = client.get("/newsletter/")
    visitor.note("newsletter/refused", _submit(client, "/newsletter/", page, email="no address"))
    visitor.note("newsletter/asked", _submit(client, "/newsletter/", page, email=address))
    visitor.site.work()
    confirm = _link_in(visitor, address, "/confirm/")
    page = _open(visitor, client, "newsletter/confirm", confirm)
    page = _submit(client, confirm, page)
    visitor.note("newsletter/confirmed", page)
    preferences = _leads_to("/newsletter/preferences/", confirm, page)
    page = _open(visitor, client, "newsletter/preferences", preferences)
    visitor.note("newsletter/preferences-saved", _submit(client, preferences, page))
    asked = _submit(client, preferences, page, last=True)
    visitor.note("newsletter/data-asked", asked)
    visitor.site.work()
    data = _link_in(visitor, address, "/data/")
    page = _open(visitor, client, "newsletter/data", data)
    leave = preferences.replace("/preferences/", "/unsubscribe/")
    page = _open(visitor, client, "newsletter/unsubscribe", leave)
    visitor.note("newsletter/left", _submit(client, leave, page))
    page = client.get(data)
    visitor.note("newsletter/erased", _submit(client, data, page, last=True))


def _account(visitor: Visitor) -> None:
    """Signs up, and loses the password."""
    address = "reader@readers.example"
    for name, path, typed in (
        ("signup", "/accounts/signup/", {"email": address, "password1": f"{PASSWORD}-long"}),
        ("code", "/accounts/login/code/", {"email": "edna@roadstead.example"}),
        ("password", "/accounts/password/reset/", {"email": "edna@roadstead.example"}),
        ("nobody", "/accounts/password/reset/", {"email": "nobody@readers.example"}),
    ):
        client = visitor.site.client()
        if name == "signup":
            typed["display_name"] = "Ola Lind"
        visitor.note(f"account/{name}", _submit(client, path, client.get(path), **typed))


def _comment(visitor: Visitor) -> None:
    """Three readers comment without scripts and want mail about answers; one is turned down."""
    site = visitor.site
    home = site.client().get("/")
    path = next(link for link in _links("/", home) if re.match(r"/\d{4}/\d\d/[^/]+/$", link))
    new = _newest_form(visitor, path)
    visitor.note("comment/refused", _submit(site.client(), new, site.client().get(new)))
    for name, text, is_published in (
        ("Ola", "The ferry was late *again*, and nobody said why.", True),
        ("Mina", "It was late because of the fog, says the harbour master.", True),
        ("Rui", "I sell watches, but would like to know it too.", False),
    ):
        client, address, place = site.client(), f"{name.lower()}@readers.example", f"comment/{name}"
        page = _open(visitor, client, f"{place}-form", new)
        typed = {"name": name, "email": address, "text": text, "follow": "at_once"}
        page = _submit(client, new, page, **typed)
        visitor.note(f"{place}-preview", page)
        sleep(SLOWLY)
        page = _submit(client, new, page, text=text)
        visitor.note(f"{place}-sent", page)
        site.work()
        if name == "Ola":
            _open(visitor, client, f"{place}-own", _leads_to("/comments/yours/", new, page))
        else:
            confirm = _link_in(visitor, address, "/comments/confirm/")
            page = _open(visitor, client, f"{place}-confirm", confirm)
            visitor.note(f"{place}-confirmed", _submit(client, confirm, page))
        site.work()
        site.decide_newest_comment(publish=is_published)
        site.work()
        if name == "Ola":
            follow = _link_in(visitor, address, "/comments/follow/")
            page = _open(visitor, client, f"{place}-follow", follow)
            visitor.note(f"{place}-followed", _submit(client, follow, page))
        new = _newest_form(visitor, path)
        site.ask_guests_to_confirm()
    _open(visitor, site.client(), "comment/thread", f"{path}comments/")
    _open(visitor, site.client(), "comment/leave", _link_in(visitor, "ola@", "/leave/"))


def _newest_form(visitor: Visitor, path: str) -> str:
    """Where one answers the newest comment below an article."""
    page = visitor.site.client().get(f"{path}comments/newest/")
    forms = [link for link in _links(path, page) if link.startswith("/comments/new/")]
    return max(forms, key=lambda link: int((re.findall(r"parent=(\d+)", link) or ["0"])[0]))

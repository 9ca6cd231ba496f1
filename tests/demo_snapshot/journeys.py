"""Readers who subscribe, sign up and comment, up to their last e-mail."""

import re
from time import sleep
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from django.test import Client
from lxml import html

from tests.demo_snapshot.site import PASSWORD
from tests.demo_snapshot.visits import BASE, Visitor, links_in

SLOWLY: Final = 3.5
"""Seconds; a form that is submitted sooner counts as automatic."""


def previews(visitor: Visitor) -> None:
    """Drafts, as shown to anyone with the link."""
    editor = visitor.site.editor()
    listed = html.fromstring(editor.get("/admin/articles/article/?all=1").content.decode())
    for number, path in enumerate(_changeable(listed)):
        page = html.fromstring(editor.get(path).content.decode())
        for link in page.xpath("//a[contains(@href, '/preview/')]/@href")[:1]:
            visitor.note(f"preview/{number}", visitor.site.client().get(urlsplit(link).path))


def _changeable(listed: html.HtmlElement) -> list[str]:
    """The URLs of the forms in a list of the admin."""
    links = [urljoin("/admin/articles/article/", link) for link in listed.xpath("//a/@href")]
    paths = [link.partition("?")[0] for link in links]
    return [path for path in dict.fromkeys(paths) if path.endswith("/change/")]


def _submit(client: Client, path: str, answer: Any, *, last: bool = False, **typed: Any) -> Any:
    """Fills in and submits the form that has all these fields, or the last one."""
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
    """The values a browser would send. (`form_values` returns `on` for an empty radio value.)"""
    data: dict[str, Any] = {}
    for field in form.inputs:
        kind = field.get("type", "")
        if kind in {"submit", "image", "button", "reset", "file"} or not field.name:
            continue
        if kind in {"checkbox", "radio"}:
            if isinstance(field, html.InputElement) and field.checked:
                data.setdefault(field.name, []).append(field.get("value", "on"))
        else:
            data[field.name] = "" if field.value is None else field.value
    return data


def _link_in(visitor: Visitor, address: str, within: str) -> str:
    """The path of the newest link of this kind in an e-mail to this address."""
    for mail in reversed(visitor.site.mails()):
        body = mail.get_body(("plain",))
        if address in str(mail["To"]) and body is not None:
            links = re.findall(rf"{re.escape(BASE)}(\S*?{within}\S+)", body.get_content())
            if links:
                return str(links[0]).rstrip(".)>")
    raise LookupError(f"No mail to {address} has a link with {within}.")


def _leads_to(beginning: str, path: str, answer: Any) -> str:
    """The first link of a page with this beginning."""
    return next(link for link in links_in(path, answer) if link.startswith(beginning))


def _open(visitor: Visitor, client: Client, name: str, path: str) -> Any:
    answer = client.get(path, follow=True)
    visitor.note(name, answer)
    return answer


def newsletter(visitor: Visitor) -> None:
    """Subscribes, confirms, changes the preferences, requests the data and unsubscribes."""
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


def account(visitor: Visitor) -> None:
    """Signs up, and resets a forgotten password."""
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
        visitor.note(
            f"account/{name}", _submit(client, path, client.get(path), **dict[str, Any](typed))
        )


def comment(visitor: Visitor) -> None:
    """Three readers comment without scripts and follow the replies; one comment is rejected."""
    site = visitor.site
    home = site.client().get("/")
    path = next(link for link in links_in("/", home) if re.match(r"/\d{4}/\d\d/[^/]+/$", link))
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
        page = _submit(client, new, page, **dict[str, Any](typed))
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
    """The URL of the form that replies to the newest comment on an article."""
    page = visitor.site.client().get(f"{path}comments/newest/")
    forms = [link for link in links_in(path, page) if link.startswith("/comments/new/")]
    return max(forms, key=lambda link: int((re.findall(r"parent=(\d+)", link) or ["0"])[0]))


JOURNEYS: Final = {"newsletter": newsletter, "account": account, "comment": comment}

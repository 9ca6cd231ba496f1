"""Every kind of page is accessible and valid HTML.

Checked with axe and the Nu checker; in both colour schemes, on a desktop and on a phone, with text of
double size, enlarged to 200 % and 400 %, with the keyboard alone, in forced colours and without motion.
Each page is loaded once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.test.signals import template_rendered
from django.urls import resolve
from playwright.sync_api import Page, Route

from accounts.models import User
from articles.editorial.models import ArticleType
from tests import newsroom as making
from tests.browser import routes
from tests.browser.checkers import (
    accessibility_complaints,
    everybody_complaints,
    html_complaints,
    looks_complaints,
)
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.page_urls import admin_pages, public_pages
from tests.browser.responses import Answer, answers, as_sent

pytestmark = pytest.mark.browser

ZOOMED = ({"width": 320, "height": 256}, {"width": 640, "height": 512})
"""A window of 1280 × 1024 at 400 % and 200 %, in CSS pixels (WCAG 1.4.10)."""
WHOLE = {
    *("front page", "article", "article, right to left", "article in French", "search, narrowed"),
    *("dashboard", "articles", "article form", "library", "moderators' list", "issue form"),
}
"""Pages checked with their header and footer, and on a phone with all axe rules."""
AROUND = ".masthead, .footer"
"""The header and footer, which most pages only repeat."""


@pytest.fixture
def newsroom(site: str) -> None:
    """The demo content, for pages with as much content as possible."""
    call_command("load_demo", verbosity=0)
    film = (
        '<figure data-embed="https://vimeo.com/76979871"><figcaption>A film</figcaption></figure>'
    )
    for name in ("video", "podcast"):
        kind = ArticleType.objects.create(name=name.title(), slug=name, template=name)
        making.published(f"A {name} of the harbour", kind=kind, body=f"<p>By the quay.</p>{film}")


def test_every_page_is_accessible_and_valid(
    newsroom: None, open_page: OpenPage, chief: User, ola: User, tmp_path: Path
) -> None:
    pages = public_pages()
    with rendered_templates() as templates:
        sent = answers(ola)
        responses = {name: as_sent(Client().get(path)) for name, path in pages.items()}
    # Without motion from the start: colours cannot be measured during a transition.
    page = open_page("/", size=DESKTOP, reduced_motion="reduce")
    complaints = _watched(page, pages, sent)
    admin_complaints, admin_responses = _admin_pages(open_page, chief)
    complaints += admin_complaints
    complaints += cookies_of(pages, responses)
    written = {**responses, **sent, **admin_responses}
    texts = {name: response.content.decode() for name, response in written.items()}
    complaints += html_complaints(texts, tmp_path)
    complaints += unchecked(pages, sent, templates)
    assert complaints == []


def _watched(page: Page, pages: dict[str, str], sent: dict[str, Answer]) -> list[str]:
    complaints = []
    for name, path in pages.items():
        page.goto(path)
        complaints += all_problems(page, name)
    bodies = {f"/answered/{number}/": response for number, response in enumerate(sent.values())}

    def response(route: Route) -> None:
        known = bodies[urlsplit(route.request.url).path]
        route.fulfill(body=known.content, headers=known.headers)

    page.route("**/answered/*/", response)
    for name, path in zip(sent, bodies, strict=True):
        page.goto(path)
        complaints += all_problems(page, name)
    return complaints


def all_problems(page: Page, name: str) -> list[str]:
    """Begins and ends with the light scheme and the desktop size; a new size is a new layout."""
    skip = "" if name in WHOLE else AROUND
    found = accessibility_complaints(page, skip=skip)
    # Before the other checks open the menus.
    for size in ZOOMED:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += everybody_complaints(page, "zoomed")
    found += everybody_complaints(page, "large")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    found += accessibility_complaints(page) if name in WHOLE else looks_complaints(page, skip=skip)
    found += everybody_complaints(page, "keyboard")
    page.emulate_media(color_scheme="light", forced_colors="active")
    for check in ("forced", "motion", "keyboard"):
        found += everybody_complaints(page, check)
    page.emulate_media(forced_colors="none")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    for check in ("keyboard", "large"):
        found += everybody_complaints(page, check)
    return [f"{name}: {text}" for text in dict.fromkeys(found)]


def _admin_pages(open_page: OpenPage, chief: User) -> tuple[list[str], dict[str, Answer]]:
    """The problems of the most used admin pages, and the pages as they were sent."""
    page = open_page("/", who=chief, size=DESKTOP)
    complaints = []
    pages = admin_pages()
    for name, path in pages.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        found = accessibility_complaints(page)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="dark")
        # Links of the admin have colour transitions, during which contrast cannot be measured.
        page.evaluate("document.getAnimations().forEach(each => each.finish())")
        found += accessibility_complaints(page) if name in WHOLE else looks_complaints(page)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        complaints += [f"{name}: {text}" for text in dict.fromkeys(found)]
    client = Client()
    client.force_login(chief)
    return complaints, {name: as_sent(client.get(path)) for name, path in pages.items()}


def cookies_of(pages: dict[str, str], answers: dict[str, Answer]) -> list[str]:
    """Public pages that set a cookie or vary by one."""
    return [
        f"{name}: has to do with cookies"
        for name, response in answers.items()
        if not pages[name].startswith(("/accounts/", "/comments/"))
        and (response.sets_cookies or "Cookie" in response.headers.get("Vary", ""))
    ]


@contextmanager
def rendered_templates() -> Iterator[set[str]]:
    """Collects the names of all templates rendered inside the `with` block."""
    names: set[str] = set()

    def note(template: Any, **_about: Any) -> None:
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def unchecked(pages: dict[str, str], sent: dict[str, Answer], templates: set[str]) -> list[str]:
    """Routes and templates of pages that were not checked."""
    shown = [path.partition("?")[0] for path in pages.values()]
    shown += [response.path for response in sent.values() if response.path]
    checked = {resolve(path).route for path in shown if path != "/nowhere/to/be/found/"}
    return [
        *(f"no page of the route {route}" for route in sorted(routes.of_pages() - checked)),
        *(f"no page of {name}" for name in sorted(routes.templates_of_pages() - templates)),
    ]

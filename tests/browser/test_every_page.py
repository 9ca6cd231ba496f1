"""Every kind of page, read by axe and by the Nu checker, in both schemes and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.checkers import accessibility_complaints, html_complaints
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.kinds import desk_pages, public_pages

pytestmark = pytest.mark.browser

SIGHTS = [("light", DESKTOP), ("dark", PHONE)]


@pytest.fixture
def newsroom(site: str) -> None:
    """The demo newsroom: the fullest pages we have. Loading it takes long, so few tests share it."""
    call_command("load_demo", verbosity=0)


def test_every_public_page_can_be_used_by_everybody(
    newsroom: None, open_page: OpenPage, tmp_path: Path
) -> None:
    pages = public_pages()
    complaints = []
    for scheme, size in SIGHTS:
        # axe tries styles on copies of elements, which the policy would refuse it.
        page = open_page("/", size=size, scheme=scheme, bypass_csp=True)
        complaints += accessibility_of(page, pages, scheme)
        complaints += accessibility_of_outdated_form(page, scheme)
    complaints += too_wide(open_page("/", size={"width": 320, "height": 640}), pages)
    complaints += cookies_of(pages)
    answers = {name: Client().get(path).content.decode() for name, path in pages.items()}
    assert complaints + html_complaints(answers, tmp_path) == []


def test_every_page_of_the_desk_can_be_used_by_everybody(
    newsroom: None, desk: Callable[..., Page], chief: User, tmp_path: Path
) -> None:
    pages = desk_pages()
    complaints = []
    for scheme, size in SIGHTS:
        page = desk(chief, size=size, scheme=scheme, bypass_csp=True)
        complaints += accessibility_of(page, pages, scheme)
    guarded = desk(chief)
    for path in pages.values():
        guarded.goto(path)
        guarded.wait_for_load_state("networkidle")
    editor = Client()
    editor.force_login(chief)
    answers = {name: editor.get(path).content.decode() for name, path in pages.items()}
    assert complaints + html_complaints(answers, tmp_path) == []


def accessibility_of(page: Page, pages: dict[str, str], scheme: str) -> list[str]:
    complaints = []
    for name, path in pages.items():
        page.goto(path)
        complaints += [f"{name}, {scheme}: {text}" for text in accessibility_complaints(page)]
    return complaints


def accessibility_of_outdated_form(page: Page, scheme: str) -> list[str]:
    """The page that only a form leads to whose session is gone."""
    page.goto("/accounts/login/")
    page.context.clear_cookies()
    page.fill("[name=login]", "ola@readers.example")
    page.fill("[name=password]", "long since forgotten")
    page.locator("main [type=submit]").first.click()
    assert page.locator("h1").inner_text() == "This form is out of date"
    return [f"outdated form, {scheme}: {text}" for text in accessibility_complaints(page)]


def too_wide(page: Page, pages: dict[str, str]) -> list[str]:
    """Pages that are wider than a phone of 320 pixels; the policy is watched on the way."""
    complaints = []
    for name, path in pages.items():
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            complaints.append(f"{name}: {width} pixels wide on a screen of 320")
    return complaints


def cookies_of(pages: dict[str, str]) -> list[str]:
    """Public pages that set a cookie or differ by one."""
    complaints = []
    for name, path in pages.items():
        if not path.startswith(("/accounts/", "/comments/")):
            answer = Client().get(path)
            if answer.cookies or "Cookie" in answer.headers.get("Vary", ""):
                complaints.append(f"{name}: has to do with cookies")
    return complaints

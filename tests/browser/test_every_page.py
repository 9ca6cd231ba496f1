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
    """The demo newsroom: the fullest pages we have."""
    call_command("load_demo", verbosity=0)


def test_public_pages_are_accessible(newsroom: None, open_page: OpenPage) -> None:
    complaints = []
    for scheme, size in SIGHTS:
        # axe tries styles on copies of elements, which the policy would refuse it.
        page = open_page("/", size=size, scheme=scheme, bypass_csp=True)
        for name, path in public_pages().items():
            page.goto(path)
            complaints += [f"{name}, {scheme}: {text}" for text in accessibility_complaints(page)]
    assert complaints == []


def test_public_pages_keep_the_policy_and_fit_a_small_phone(
    newsroom: None, open_page: OpenPage
) -> None:
    complaints = []
    page = open_page("/", size={"width": 320, "height": 640})
    for name, path in public_pages().items():
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            complaints.append(f"{name}: {width} pixels wide on a screen of 320")
    assert complaints == []


def test_the_desk_is_accessible(newsroom: None, desk: Callable[..., Page], chief: User) -> None:
    complaints = []
    for scheme, size in SIGHTS:
        page = desk(chief, size=size, scheme=scheme, bypass_csp=True)
        for name, path in desk_pages().items():
            page.goto(path)
            complaints += [f"{name}, {scheme}: {text}" for text in accessibility_complaints(page)]
    assert complaints == []


def test_the_desk_keeps_the_policy(newsroom: None, desk: Callable[..., Page], chief: User) -> None:
    page = desk(chief)
    for path in desk_pages().values():
        page.goto(path)
        page.wait_for_load_state("networkidle")


def test_every_page_is_valid_html(newsroom: None, chief: User, tmp_path: Path) -> None:
    reader, editor = Client(), Client()
    editor.force_login(chief)
    pages = {name: reader.get(path).content.decode() for name, path in public_pages().items()}
    pages |= {name: editor.get(path).content.decode() for name, path in desk_pages().items()}
    assert html_complaints(pages, tmp_path) == []


def test_no_public_page_sets_a_cookie(newsroom: None) -> None:
    private = ("/accounts/", "/comments/")
    for name, path in public_pages().items():
        if not path.startswith(private):
            answer = Client().get(path)
            assert not answer.cookies, name
            assert "Cookie" not in answer.headers.get("Vary", ""), name

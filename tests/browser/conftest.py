"""Django's live server, opened in Chromium.

The server runs in this process; Chromium is Debian's, driven by Playwright.
A violation of the content security policy or an error in a script on any page that a test opens
fails the test.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import uniform
from time import monotonic, sleep
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

# Playwright's sync API runs an event loop in this thread, in which Django refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A busy machine is slow, which is no error.
expect.set_options(timeout=20_000)
LATE_SECONDS = float(os.environ.get("IRIA_LATE_SECONDS", 0))
"""Maximum random delay of responses, for `make prove late_answers`; 0 by default."""
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Watch:
    """Policy violations and script errors of the pages that a test opened."""

    complaints: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        text = message.text
        if "Content Security Policy" in text or "Content-Security-Policy" in text:
            where = message.page.url if message.page else "?"
            self.complaints.append(f"policy at {where}: {text}")

    def error(self, problem: Any) -> None:
        self.complaints.append(f"script: {problem}")


OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium-headless-shell")
    assert path, "Chromium is not installed; `make test` installs it on Debian."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, headless=True, args=CHROMIUM_FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def _the_browser_comes_first(chromium: Browser) -> None:
    """Starts the browser first, also if the first test opens no page: see `site`."""


@pytest.fixture
def site(
    chromium: Browser,
    transactional_db: None,
    django_db_serialized_rollback: None,
    live_server: LiveServer,
    settings: Any,
) -> Iterator[str]:
    """The URL of a live server without content; groups and article types exist.

    The browser starts first: its event loop decides which connection Django uses in this thread,
    and the initial content of the database is stored with that connection. The fixture ends after
    the last response: a request still running would meet a database that is being flushed.
    """
    settings.SITE_URL = live_server.url
    answering: set[int] = set()

    def begins(**signal: Any) -> None:
        # Requests of Django's test client run in the thread of the test and need no wait.
        if threading.current_thread() is not threading.main_thread():
            answering.add(threading.get_ident())
            sleep(uniform(0, LATE_SECONDS))

    def ends(**signal: Any) -> None:
        answering.discard(threading.get_ident())

    request_started.connect(begins)
    request_finished.connect(ends)
    yield str(live_server.url)
    patience = monotonic() + 20
    while answering and monotonic() < patience:
        sleep(0.02)
    assert not answering, "a request of the test was never answered"


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Opens pages of the site: `open_page("/search/", scripts=False, size=PHONE, scheme="dark")`."""
    watch = Watch()
    contexts = []

    def open_page(
        path: str = "/",
        *,
        scripts: bool = True,
        size: dict[str, int] = DESKTOP,
        scheme: str = "light",
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=site,
            java_script_enabled=scripts,
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            **options,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", watch.console)
        page.on("pageerror", watch.error)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert sorted(set(watch.complaints)) == []


def sign_in(page: Page, who: User) -> None:
    """Signs in the user in the browser of this page, from the next request on."""
    visitor = Client()
    visitor.force_login(who)
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": page.url}
            for name, morsel in visitor.cookies.items()
        ]
    )


@pytest.fixture
def open_admin(open_page: OpenPage) -> Callable[..., Page]:
    """Opens the admin as a user: `page = open_admin(edna, "/admin/articles/article/")`.

    The login form has its own test (test_admin_login.py).
    """

    def open_admin(who: User, path: str = "/admin/", **options: Any) -> Page:
        page = open_page("/healthz", **options)
        sign_in(page, who)
        page.goto(path)
        return page

    return open_admin

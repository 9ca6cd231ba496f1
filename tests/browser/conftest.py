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
from time import monotonic, sleep
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.signals import request_finished, request_started
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.proofs.size import PATIENCE

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
expect.set_options(timeout=60_000)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Tab:
    """A page in a context of its own, used by one test after another.

    A page that has the scripts, styles and fonts of the last one in memory takes a third of the
    processor time. Nothing else is left from test to test: see `clear`.
    """

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    """Policy violations and script errors."""
    listeners: list[tuple[Any, Any]] = field(default_factory=list)
    """Those of the current test."""

    def __post_init__(self) -> None:
        self.page.context.set_default_timeout(60_000)
        self.devtools = self.page.context.new_cdp_session(self.page)
        add: Any = self.page.on
        add("console", self._console)
        add("pageerror", lambda problem: self.complaints.append(f"script: {problem}"))

        def on(event: Any, listener: Any) -> None:
            self.listeners.append((event, listener))
            add(event, listener)

        self.page.on = on  # type: ignore[assignment, method-assign]

    def _console(self, message: ConsoleMessage) -> None:
        text = message.text
        if "Content Security Policy" in text or "Content-Security-Policy" in text:
            where = message.page.url if message.page else "?"
            self.complaints.append(f"policy at {where}: {text}")

    def clear(self) -> bool:
        """Leaves the page without a request, and removes cookies, storage, routes and listeners.

        False if it cannot be used again: its clock has been set, or it was on the way to another page.
        """
        page, context = self.page, self.page.context
        for listener in self.listeners:
            page.remove_listener(*listener)
        self.listeners.clear()
        context.set_offline(True)
        for other in context.pages:
            if other != page:
                other.close()
        # By a script, since Playwright would go there with a new process.
        try:
            page.evaluate("location.replace('about:blank')")
            page.wait_for_url("about:blank")
        except Error:
            return False
        # Afterwards, since pages store what was typed when they are left.
        self.devtools.send(
            "Storage.clearDataForOrigin", {"origin": self.site, "storageTypes": "all"}
        )
        clock = page.evaluate("sessionStorage.clear(), '__pwClock' in globalThis")
        page.unroute_all()
        context.unroute_all()
        context.clear_cookies()
        context.set_offline(False)
        page.mouse.move(-1, -1)
        self.complaints.clear()
        return not clock


Tabs = dict[str, list[Tab]]
"""The tabs that no test uses now, by their options."""
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
def _static_files_are_kept() -> Iterator[None]:
    """The browser asks for a static file once, as in production, where its name has a hash."""
    serve = StaticFilesHandler.serve

    def lasting(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(handler, request)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", lasting)
        yield


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

    def ends(**signal: Any) -> None:
        answering.discard(threading.get_ident())

    request_started.connect(begins)
    request_finished.connect(ends)
    yield str(live_server.url)
    deadline = monotonic() + PATIENCE
    while answering and monotonic() < deadline:
        sleep(0.02)
    assert not answering, "a request of the test was never answered"


@pytest.fixture(scope="session")
def tabs(chromium: Browser) -> Tabs:
    return {}


@pytest.fixture
def open_page(chromium: Browser, site: str, tabs: Tabs) -> Iterator[OpenPage]:
    """Opens pages of the site: `open_page("/search/", scripts=False, size=PHONE, scheme="dark")`.

    Each page has its own cookies; `who` is signed in. `own=True` is for tests that add scripts or
    authenticators to the browser, or that need an empty cache.
    """
    used: list[tuple[str | None, Tab]] = []

    def open_page(
        path: str = "/",
        *,
        who: User | None = None,
        scripts: bool = True,
        size: dict[str, int] = DESKTOP,
        scheme: str = "light",
        reduced_motion: str = "no-preference",
        forced_colors: str = "none",
        own: bool = False,
        **options: Any,
    ) -> Page:
        options |= {"base_url": site, "java_script_enabled": scripts}
        key = None if own else str(sorted(options.items()))
        if key and tabs.get(key):
            tab = tabs[key].pop()
        else:
            tab = Tab(chromium.new_context(**options).new_page(), site)
        used.append((key, tab))
        page = tab.page
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(
            media="null",
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion=reduced_motion,  # type: ignore[arg-type]
            forced_colors=forced_colors,  # type: ignore[arg-type]
        )
        if who:
            sign_in(page, who, site)
        page.goto(path)
        return page

    yield open_page
    complaints = sorted({each for _, tab in used for each in tab.complaints})
    for key, tab in used:
        if key and not tab.page.is_closed() and tab.clear():
            tabs.setdefault(key, []).append(tab)
        else:
            tab.page.context.close()
    assert complaints == []


def sign_in(page: Page, who: User, url: str = "") -> None:
    """Signs in the user in the browser of this page, from the next request on."""
    visitor = Client()
    visitor.force_login(who)
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": url or page.url}
            for name, morsel in visitor.cookies.items()
        ]
    )


def wait_until(page: Page, condition: str | Callable[[], object]) -> None:
    """Waits until the condition is true: a script in the page, or a function of the test.

    `wait_for_function` of Playwright evaluates a string in the page from the second attempt on,
    which the policy of the site refuses.
    """
    deadline = monotonic() + 60
    while not (page.evaluate(condition) if isinstance(condition, str) else condition()):
        assert monotonic() < deadline, f"not within a minute: {condition}"
        page.wait_for_timeout(50)


@pytest.fixture
def open_admin(open_page: OpenPage) -> Callable[..., Page]:
    """Opens the admin as a user: `page = open_admin(edna, "/admin/articles/article/")`.

    The login form has its own test (test_admin_login.py).
    """

    def open_admin(who: User, path: str = "/admin/", **options: Any) -> Page:
        return open_page(path, who=who, **options)

    return open_admin

"""The product that `make run` starts from a fresh copy of the tree, and how people use it.

Journeys know pages, commands of `manage.py`, files and e-mails only.
"""

import re
import subprocess
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    APIResponse,
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
)

from tests.proofs.clone import Site, clone, surroundings
from tests.proofs.size import PATIENCE
from tests.shared import PROJECT

PASSWORD = "a-long-password-of-the-cast"
CAST = {
    "administrator": ("ada@journeys.example", "Ada Lund", "Administrator"),
    "editor": ("edna@journeys.example", "Edna Okafor", "Editor"),
    "second editor": ("erik@journeys.example", "Erik Holm", "Editor"),
    "reporter": ("rui@journeys.example", "Rui Tavares", "Reporter"),
    "other reporter": ("rosa@journeys.example", "Rosa Lima", "Reporter"),
    "moderator": ("mina@journeys.example", "Mina Sato", "Moderator"),
    # The journey about roles makes this group.
    "newsletter editor": ("nora@journeys.example", "Nora Quist", "Newsletter editors"),
}
"""Who has which e-mail address, name and role; accounts are made when they are first needed."""
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


class Product:
    """A running `make run` with the demo newsroom. `folder` is the copy of the tree, a new one by default."""

    def __init__(
        self, ground: Path, port: int, folder: Path | None = None, **settings: str
    ) -> None:
        self.folder = folder or clone(ground / "a new folder")
        if folder is None:
            # Its packages are those of the tests; a proof installs them (test_running.py).
            (self.folder / ".venv").symlink_to((PROJECT / ".venv").resolve())
        self.port = port
        self.settings = settings
        self.start()

    def start(self) -> None:
        """Also again, after `site.stop()`."""
        self.site = Site(self.folder, self.port, **self.settings)  # type: ignore[arg-type]
        self.site.wait(6 * PATIENCE)
        self.url = self.site.address
        self.state = self.site.state

    def manage(self, *arguments: str, check: bool = True, **environment: str) -> str:
        """Runs a command of `manage.py`; returns what it printed."""
        result = subprocess.run(
            [".venv/bin/python", "manage.py", *arguments],
            cwd=self.folder,
            env=surroundings(**self.settings, **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=6 * PATIENCE,
        )
        assert not check or result.returncode == 0, result.stdout
        return result.stdout

    def mails(self, address: str) -> list[EmailMessage]:
        """The e-mails to an address, oldest first."""
        messages = (
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in sorted((self.state / "mail").glob("*.eml"))
        )
        return [each for each in messages if address in str(each["To"])]

    def next_mail(self, address: str, seen: int = 0) -> EmailMessage:
        """Waits for one more e-mail to the address than have been `seen`."""
        return wait_for(lambda: self.mails(address)[seen:])[0]


class Visitor:
    """A person at a browser of their own: `visitor.page` is the first tab, `visitor.tab()` another one."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context = context
        self.site = site
        self.complaints: list[str] = []
        """Violations of the content security policy and errors of scripts: there must be none."""
        context.set_default_timeout(PATIENCE * 1000)
        context.on("console", self._console)
        context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))
        self.page = self.tab()

    def tab(self, path: str = "") -> Page:
        page = self.context.new_page()
        if path:
            page.goto(path)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if re.search("Content.Security.Policy", message.text):
            self.complaints.append(message.text)

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto("/admin/login/?next=/admin/")
        self.page.fill("input[name=username]", email)
        self.page.fill("input[name=password]", password)
        with self.page.expect_navigation():
            self.page.click("#login-form [type=submit]")
        expect(self.page.locator("#dashboard-items")).to_be_visible()


class People:
    """Opens browsers for the people of the cast, and for readers.

    `people.enter("editor")` is signed in to the admin, `people.enter()` is a reader without an account.
    """

    def __init__(self, product: Product, chromium: Browser, signed_in: dict[str, Any]) -> None:
        self.product = product
        self.chromium = chromium
        self.signed_in = signed_in
        self.visitors: list[Visitor] = []

    def enter(
        self,
        role: str = "",
        *,
        scripts: bool = True,
        size: dict[str, int] = DESKTOP,
        **options: Any,
    ) -> Visitor:
        if role and role not in self.signed_in:
            self._make_account(role)
        context = self.chromium.new_context(
            base_url=self.product.url,
            java_script_enabled=scripts,
            viewport=size,  # type: ignore[arg-type]
            storage_state=self.signed_in.get(role),
            **options,
        )
        visitor = Visitor(context, self.product.url)
        self.visitors.append(visitor)
        return visitor

    def _make_account(self, role: str) -> None:
        """The administrator by a command, everybody else by the administrator, in the admin.

        Without scripts, which is quicker; a journey about signing in has them.
        """
        email, name, group = CAST[role]
        if role == "administrator":
            command = ("createsuperuser", "--noinput", "--email", email)
            self.product.manage(*command, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
        else:
            page = self.enter("administrator", scripts=False).page
            page.goto("/admin/accounts/user/add/")
            page.fill("[name=email]", email)
            page.fill("[name=display_name]", name)
            page.fill("[name=password1]", PASSWORD)
            page.fill("[name=password2]", PASSWORD)
            page.click("[name=_continue]")
            page.check("[name=is_staff]")
            page.select_option("[name=groups]", label=group)
            page.click("[name=_save]")
            expect(page.locator("#result_list")).to_contain_text(email)
        visitor = self.enter(scripts=False)
        visitor.sign_in(email, PASSWORD)
        self.signed_in[role] = visitor.context.storage_state()

    def leave(self) -> None:
        complaints = [each for visitor in self.visitors for each in visitor.complaints]
        for visitor in self.visitors:
            visitor.context.close()
        assert complaints == [], complaints


def wait_for[T](find: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Waits until `find` returns something that is true; returns it. It is asked less and less often."""
    deadline, pause = time.monotonic() + seconds, 0.2
    while not (found := find()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(pause)
        pause = min(1.5 * pause, 2)
    return found


def get(browser: Page | BrowserContext, url: str) -> APIResponse:
    """A request without a page. It is sent again, as browsers do, if the idle connection was just closed."""
    return browser.request.get(url, max_retries=1)


def links_in(message: EmailMessage) -> list[str]:
    """The URLs in the plain text of an e-mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return re.findall(r"https?://[^\s>)]+", body.get_content())

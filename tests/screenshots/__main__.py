"""`python -m tests.screenshots [NAME …]` photographs the admin for the documentation.

`make screenshots` runs it with a database of its own, which the demo newsroom fills. Every screen of
`screens.py` is written to `docs/editors/screenshots` as NAME-WIDTH-SCHEME.webp, and checked by axe.
"""

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
# Playwright's sync API runs an event loop in this thread, in which Django refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["STAFF_SECOND_FACTOR"] = "no"
PASSWORD: Final = os.environ.setdefault("IRIA_DEMO_PASSWORD", "of-the-demo-editor")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from iria.demo import content  # noqa: E402
from tests.bench.serving import serving  # noqa: E402
from tests.browser.checkers import accessibility_complaints, looks_complaints  # noqa: E402
from tests.browser.conftest import CHROMIUM_FLAGS  # noqa: E402
from tests.screenshots import screens  # noqa: E402
from tests.shared import PROJECT  # noqa: E402

FOLDER: Final = PROJECT / "docs" / "editors" / "screenshots"
SIZES: Final = ((390, 844), (1280, 800), (1440, 900))
SCHEMES: Final = ("light", "dark")
MOST_BYTES: Final = 80_000


def main(names: list[str]) -> int:
    if unknown := sorted(set(names) - screens.SCREENS.keys()):
        print(f"No such screen: {', '.join(unknown)}. There are {', '.join(screens.SCREENS)}.")
        return 2
    _prepare()
    FOLDER.mkdir(exist_ok=True)
    found = []
    with serving() as server, _chromium() as browser:
        site = f"http://127.0.0.1:{server.port}"
        session = _signed_in(browser, site)
        for name, show in screens.SCREENS.items():
            if names and name not in names:
                continue
            for (width, height), scheme in product(SIZES, SCHEMES):
                context = browser.new_context(
                    base_url=site,
                    color_scheme=scheme,  # type: ignore[arg-type]
                    viewport={"width": width, "height": height},
                    storage_state=None if name in screens.SIGNED_OUT else session,  # type: ignore[arg-type]
                    has_touch=width < 720,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                show(page)
                _write(page, FOLDER / f"{name}-{width}-{scheme}.webp")
                complaints = [*accessibility_complaints(page), *looks_complaints(page)]
                found += [f"{name} {width} {scheme}: {each}" for each in complaints]
                context.close()
            print(name, flush=True)
    print("\n".join(found) or "axe found nothing.")
    return bool(found)


def _prepare() -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_demo", verbosity=0)
    screens.prepare()


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = shutil.which("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def _signed_in(browser: Browser, site: str) -> object:
    """The cookies of the demo editor."""
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/admin/")
    page.fill("[name=username]", content.table("publication")["editor"]["email"])
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


def _write(page: Page, file: Path) -> None:
    """Writes what is on screen, in the best quality that is small enough."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    with Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))) as shot:
        for quality in range(85, 10, -15):
            written = io.BytesIO()
            shot.save(written, "WEBP", quality=quality, method=6)
            if written.tell() <= MOST_BYTES:
                break
        file.write_bytes(written.getvalue())


sys.exit(main(sys.argv[1:]))

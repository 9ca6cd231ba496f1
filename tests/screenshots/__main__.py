"""`python -m tests.screenshots [NAME …]` photographs the admin and the public pages for the documentation.

`make screenshots` runs it with a database of its own, which the demo newsroom fills. The screens of
`screens.py` and the pages of `public_pages.py` are written to `var/screenshots` as NAME-WIDTH-SCHEME.webp, and
checked by axe; pictures that the documentation shows are replaced in `docs/screenshots`. `admin` and `pages`
stand for all of them.
"""

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
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

from articles.images import renditions  # noqa: E402
from articles.images.models import Image as Images  # noqa: E402
from iria.demo import loading  # noqa: E402
from tests.bench.serving import serving  # noqa: E402
from tests.browser.checkers import accessibility_complaints, looks_complaints  # noqa: E402
from tests.browser.conftest import CHROMIUM_FLAGS  # noqa: E402
from tests.screenshots import public_pages, screens  # noqa: E402
from tests.shared import PROJECT  # noqa: E402

SETS: Final = {
    "admin": (screens.SCREENS, screens.SIZES),
    "pages": (public_pages.PAGES, public_pages.SIZES),
}
SCHEMES: Final = ("light", "dark")
ALL: Final = PROJECT / "var" / "screenshots"
SHOWN: Final = PROJECT / "docs" / "screenshots"
MAX_BYTES: Final = 80_000


def main(names: list[str]) -> int:
    known = {*SETS, *(name for shown, _sizes in SETS.values() for name in shown)}
    if unknown := sorted(set(names) - known):
        print(f"No such screen: {', '.join(unknown)}. There are {', '.join(sorted(known))}.")
        return 2
    _prepare()
    found: list[str] = []
    with serving() as server, _chromium() as browser:
        site = f"http://127.0.0.1:{server.port}"
        session = _signed_in(browser, site)
        ALL.mkdir(parents=True, exist_ok=True)
        for key, (shown, sizes) in SETS.items():
            for name, show in shown.items():
                if names and not {key, name} & set(names):
                    continue
                visitor = None if key == "pages" or name in screens.SIGNED_OUT else session
                for (width, height), scheme in product(sizes, SCHEMES):
                    context = browser.new_context(
                        base_url=site,
                        color_scheme=scheme,  # type: ignore[arg-type]
                        viewport={"width": width, "height": height},
                        storage_state=visitor,  # type: ignore[arg-type]
                        has_touch=width < 720,
                        reduced_motion="reduce",
                    )
                    page = context.new_page()
                    show(page)
                    _write(page, f"{name}-{width}-{scheme}.webp")
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
    # As the worker does: the demo is an export, which has originals only.
    for image in Images.objects.filter(renditions=None):
        renditions.make(image)
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
    page.fill("[name=username]", loading.EDITOR)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


def _write(page: Page, name: str) -> None:
    """Writes what is on screen, in the best quality that is small enough."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    with Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))) as shot:
        for quality in range(85, 10, -15):
            written = io.BytesIO()
            shot.save(written, "WEBP", quality=quality, method=6)
            if written.tell() <= MAX_BYTES:
                break
        for file in (ALL / name, SHOWN / name):
            if file.parent == ALL or file.exists():
                file.write_bytes(written.getvalue())


sys.exit(main(sys.argv[1:]))

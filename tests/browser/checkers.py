"""Checks of pages: axe-core for accessibility, the Nu checker for HTML, and `everybody.js`."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

MODULES = Path(__file__).parent / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
NU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"

QUICKLY = ["-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
"""Java options for a program that runs a few seconds: without the optimising compiler."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
"""Rules that depend on colours and on the screen size."""

WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
FINISH = """document.getAnimations()
  .filter(each => Number.isFinite(each.effect?.getComputedTiming().endTime))
  .forEach(each => each.finish())"""

EVERYBODY = Path(__file__).parent / "everybody.js"


@cache
def _axe() -> str:
    assert AXE.exists(), "axe-core is not installed; `make test` installs it."
    return AXE.read_text()


@cache
def _everybody() -> str:
    return EVERYBODY.read_text()


def accessibility_complaints(page: Page, *, skip: str = "") -> list[str]:
    """The problems that axe finds on the current page: rule, element and fix.

    Parts of the page that the selector `skip` matches are not checked.
    """
    return _axe_on(page, {"type": "tag", "values": RULES}, skip)


def complaints_in_every_look(page: Page, *sizes: dict[str, int]) -> list[str]:
    """The problems that axe finds in each size and colour scheme; the page is loaded once.

    Rules that do not depend on colours are checked once for each size. Also says where a page is wider than
    the window. Restores the first size and scheme.
    """
    found = []
    for size in sizes:
        for scheme in ("light", "dark"):
            _show(page, size, scheme)
            check = accessibility_complaints if scheme == "light" else looks_complaints
            complaints = [*check(page), *(["it is too wide"] if page.evaluate(WIDER) else [])]
            found += [f"{size['width']} {scheme}: {each}" for each in complaints]
    _show(page, sizes[0], "light")
    return found


def _show(page: Page, size: dict[str, int], scheme: str) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    # Contrast cannot be measured during a transition of colours.
    page.evaluate(FINISH)


def looks_complaints(page: Page, *, skip: str = "") -> list[str]:
    """The same for the rules about appearance, such as contrast."""
    return _axe_on(page, {"type": "rule", "values": LOOKS}, skip)


def _axe_on(page: Page, rules: dict[str, object], skip: str) -> list[str]:
    # Evaluated by the debugger, so the policy of the page is not relaxed. axe would
    # insert the stylesheets into the page again to check for a locked screen orientation,
    # which the policy blocks; our stylesheets do not depend on the orientation.
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_axe())
    violations = page.evaluate(
        """([rules, skip]) => axe
            .run(
                skip ? {exclude: [...document.querySelectorAll(skip)]} : document,
                {runOnly: rules, resultTypes: ['violations'], preload: false},
            )
            .then(result => result.violations)""",
        [rules, skip],
    )
    return [
        f"{violation['id']} at {' '.join(map(str, node['target']))}: {violation['help']}"
        for violation in violations
        for node in violation["nodes"]
    ]


def everybody_complaints(page: Page, params: str) -> list[str]:
    """The problems that a check of `everybody.js` finds."""
    if not page.evaluate("() => Boolean(window.everybody)"):
        page.evaluate(_everybody())
    found: list[str] = page.evaluate(f"everybody.{params}()")
    return found


def html_complaints(pages: dict[str, str], folder: Path) -> list[str]:
    """The problems that the Nu checker finds, by name of the page; one Java process for all."""
    assert NU.exists(), "The Nu checker is not installed; `make test` installs it."
    java = shutil.which("java")
    assert java, "Java is not installed; `make test` installs it on Debian."
    names = {}
    folder = folder / "pages"
    folder.mkdir()
    for number, (name, html) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(html)
        names[file.name] = name
    outcome = subprocess.run(
        [java, *QUICKLY, "-jar", str(NU), "--format", "json", "--stdout", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    messages = json.loads(outcome.stdout)["messages"]
    return [
        f"{names[Path(message['url']).name]}: {message['message']} (line {message.get('lastLine')})"
        for message in messages
        if message["type"] in {"error", "non-document-error"}
    ]

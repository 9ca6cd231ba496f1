"""Lighthouse scores of a site started with `make run`, and the transfer size of its pages.

Lighthouse simulates a mid-range phone with a slow connection. Every category must reach 99 on each page. Search
results are for readers and not for search engines (`noindex`), so their SEO does not count.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, PHONE
from tests.newsletter.mailserver import free_port
from tests.proofs.clone import FIRST_SECONDS, Site, clone
from tests.proofs.size import FULL
from tests.shared import PROJECT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="only at full size: make prove lighthouse"),
]

TOOL: Final = Path(__file__).parent / "lighthouse"
MIN_SCORE: Final = 99
PAINTS: Final = ("first-contentful-paint", "largest-contentful-paint")
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
WORDS: Final = 60 * 1024
SCRIPTS: Final = 12 * 1024
FIRST_LOAD: Final = {"front page": 350 * 1024, "article": 250 * 1024}
"""Everything that a phone 390 pixels wide with two device pixels each loads before anybody scrolls."""
FIRST_VIEW: Final = 11
"""The page, its stylesheet and first script, four fonts, three images, and the rules for links."""

SLOW_LINE: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 750 * 1024 / 8,
}
"""Lighthouse's slow 4G. On a fast connection even later requests finish before the first paint."""

BEFORE_FIRST_PAINT: Final = """() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime
    const asked = performance.getEntriesByType('resource').filter((each) => each.startTime < paint)
    return ['the page', ...asked.map((each) => each.name)]
}"""


@pytest.fixture(scope="module")
def site_url() -> Iterator[str]:
    """The URL of a clone with the demo newsroom and default settings."""
    lock = TOOL.relative_to(PROJECT) / "node_modules" / ".package-lock.json"
    subprocess.run(["make", "--silent", lock], cwd=PROJECT, check=True)
    ground = Path(tempfile.mkdtemp(prefix="iria-proof-"))
    ground.chmod(0o755)
    site = Site(clone(ground / "clone"), free_port())
    try:
        site.wait(FIRST_SECONDS)
        _wait_for_pictures(site.address)
        yield site.address
    finally:
        site.clear()
        shutil.rmtree(ground, ignore_errors=True)


@pytest.fixture(scope="module")
def pages(site_url: str) -> dict[str, str]:
    """Kind of page → a URL."""
    with urllib.request.urlopen(f"{site_url}/feed/json/", timeout=20) as answer:
        items = json.load(answer)["items"]
    return {
        "front page": f"{site_url}/",
        "article": items[0]["url"],
        "section": f"{site_url}/category/asia-pacific/",
        "search": f"{site_url}/search/?q=security",
    }


@pytest.mark.parametrize("kind", ["front page", "article", "section", "search"])
def test_all_lighthouse_scores_are_high_enough(pages: dict[str, str], kind: str) -> None:
    report = _report(pages[kind])
    scores = {
        name: round(report["categories"][name]["score"] * 100)
        for name in CATEGORIES
        if (kind, name) != ("search", "seo")
    }
    shift = report["audits"]["cumulative-layout-shift"]["numericValue"]
    paints = [report["audits"][name]["displayValue"] for name in PAINTS]
    print(f"{kind}: {scores}, layout shift {shift:.3f}, first and largest paint {paints}")
    failing = [
        f"{audit['id']}: {audit['title']} {audit.get('displayValue', '')}"
        for audit in report["audits"].values()
        if audit.get("score") not in {None, 1}
    ]
    assert min(scores.values()) >= MIN_SCORE, failing
    assert shift < 0.005, failing


@pytest.mark.parametrize("kind", FIRST_LOAD)
def test_a_phone_loads_little_before_anybody_scrolls(
    pages: dict[str, str], chromium: Browser, kind: str
) -> None:
    sizes: dict[str, int] = {}
    context = chromium.new_context(viewport=PHONE, device_scale_factor=2)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("requestfinished", lambda request: sizes.update(_size(request)))
    page.goto(pages[kind], wait_until="networkidle")
    context.close()
    print(f"{kind}: {sum(sizes.values()):,} bytes on first load")
    assert sum(sizes.values()) <= FIRST_LOAD[kind], sizes


def test_an_article_page_is_small(pages: dict[str, str], chromium: Browser) -> None:
    """The compressed transfer size of a first visit with a phone."""
    sizes: dict[str, int] = {}
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("requestfinished", lambda request: sizes.update(_size(request)))
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_LINE)
    page.goto(pages["article"], wait_until="networkidle")
    first = page.evaluate(BEFORE_FIRST_PAINT)
    context.close()
    scripts = sum(size for name, size in sizes.items() if name.startswith("script"))
    words = scripts + sum(
        size for name, size in sizes.items() if name.startswith(("document", "stylesheet"))
    )
    print(f"HTML, CSS and scripts {words:,} bytes, scripts {scripts:,}, first view {len(first)}")
    assert scripts <= SCRIPTS
    assert words <= WORDS
    assert len(first) <= FIRST_VIEW, "\n".join(first)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def _wait_for_pictures(site_url: str) -> None:
    """Waits for all renditions of the images on the front page, since the worker uses both cores."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with urllib.request.urlopen(site_url, timeout=20) as answer:
            page = answer.read().decode()
        if 0 < page.count("<picture>") == page.count('type="image/avif"'):
            return
        time.sleep(2)
    raise AssertionError("The worker did not make the pictures of the front page.")


def _size(request: Any) -> dict[str, int]:
    sizes = request.sizes()
    size = sizes["responseBodySize"] + sizes["responseHeadersSize"]
    return {f"{request.resource_type} {request.url}": size}


def _report(site_url: str) -> dict[str, Any]:
    chromium = shutil.which("chromium-headless-shell") or ""
    flags = " ".join(["--headless", *CHROMIUM_FLAGS])
    command = ["node", str(TOOL / "node_modules/lighthouse/cli/index.js"), site_url]
    options = ["--output=json", "--quiet", f"--chrome-flags={flags}"]
    only = f"--only-categories={','.join(CATEGORIES)}"
    done = subprocess.run(
        [*command, *options, only],
        env=os.environ | {"CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report

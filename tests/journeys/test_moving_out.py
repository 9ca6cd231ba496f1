"""A publication moves out and back as in `docs/exporting.md`."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.product import People, Product, get, wait_for
from tests.proofs.clone import Rows
from tests.proofs.size import PATIENCE

# It starts a second site.
pytestmark = pytest.mark.proof


def said(*command: str | Path, folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr


def empty_database(product: Product) -> str:
    """One beside that of the site; returns its URL."""
    url = Rows(product.state).cluster.access().url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE moved")
    return f"{url.rpartition('/')[0]}/moved"


def read(page: Page) -> list[str]:
    """What readers see of the first article of the front page, with its comments."""
    page.goto("/")
    page.locator("main article a").first.click()
    return [page.locator(part).first.inner_text() for part in ("h1", ".article-body", "#comments")]


def pictures(page: Page) -> int:
    """On the article that `read` opens; without a browser, which would be busy all the time."""
    front_page = get(page, "/").text()
    article = re.findall(r'<main.*?<article.*?href="(/[^"]+)"', front_page, re.DOTALL)[0]
    return get(page, article).text().count("<img")


def test_an_export_becomes_the_same_publication_on_an_empty_site(
    product: Product,
    people: People,
    start_product: Callable[..., Product],
    chromium: Browser,
    tmp_path: Path,
) -> None:
    export, again = tmp_path / "export", tmp_path / "again"
    product.manage("export_site", str(export), "--personal-data")
    assert said("sha256sum", "--check", "--quiet", "checksums.txt", folder=export) == ""

    state = tmp_path / "state"
    state.mkdir()
    elsewhere: dict[str, Any] = {
        "DATABASE_URL": empty_database(product),
        "IRIA_STATE": str(state),
        "SECRET_KEY": "another-secret-key-of-the-other-machine-0123456789-abcdef",
        "SITE_URL": product.url,
        # It is the same release, whose files need not be compressed once more.
        "STATIC_ROOT": str(product.state / "static"),
    }
    product.manage("migrate", **elsewhere)
    product.manage("import_site", str(export), **elsewhere)
    product.manage("export_site", str(again), "--personal-data", **elsewhere)
    assert said("diff", "-r", export, again, folder=tmp_path) == ""

    moved = start_product(product.folder, **elsewhere | {"SITE_URL": ""})
    visitors = People(moved, chromium, {})
    here, there = people.enter(scripts=False).page, visitors.enter(scripts=False).page
    # Galleries appear once the worker has made the sizes of their images.
    wait_for(lambda: pictures(there) == pictures(here), 3 * PATIENCE)
    wait_for(lambda: read(there) == read(here), 3 * PATIENCE)
    visitors.leave()

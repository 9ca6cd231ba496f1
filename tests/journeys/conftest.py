"""One product serves the journeys of a run, but those that need settings of their own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.product import People, Product
from tests.newsletter.mailserver import free_port
from tests.proofs.size import PATIENCE

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For a file, not for all: an event loop runs meanwhile, and other tests start theirs."""
    expect.set_options(timeout=PATIENCE * 1000)
    path = shutil.which("chromium-headless-shell")
    assert path, "Chromium is not installed; `make test` installs it on Debian."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def start_product() -> Iterator[Callable[..., Product]]:
    """Starts a product of its own, with more settings: `start_product(BACKUP_DIRECTORY="…")`."""
    products: list[Product] = []
    grounds: list[Path] = []

    def start(folder: Path | None = None, **settings: str) -> Product:
        grounds.append(Path(tempfile.mkdtemp(prefix="iria-journey-")))
        # The database server runs as another user, if this is root.
        grounds[-1].chmod(0o755)
        products.append(Product(grounds[-1], free_port(), folder, **settings))
        return products[-1]

    yield start
    for product in products:
        product.site.clear()
    for ground in grounds:
        shutil.rmtree(ground, ignore_errors=True)


@pytest.fixture(scope="session")
def product(
    start_product: Callable[..., Product], tmp_path_factory: pytest.TempPathFactory
) -> Product:
    """A journey writes the last of its themes."""
    folder = tmp_path_factory.mktemp("themes") / "our-theme"
    return start_product(IRIA_THEME=f"default,institute,{folder}")


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """Cookies of the people of the cast: they sign in once."""
    return {}


@pytest.fixture
def people(product: Product, chromium: Browser, signed_in: dict[str, Any]) -> Iterator[People]:
    people = People(product, chromium, signed_in)
    yield people
    people.leave()

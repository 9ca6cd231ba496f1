"""The checkers find errors."""

from pathlib import Path

import pytest

from tests.browser.checkers import accessibility_complaints, html_complaints
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

BAD = (
    "<!doctype html><html lang=en><title>Bad</title><main><h1>Bad</h1><img src=/x.png><p><div></p>"
)


def test_axe_finds_an_image_without_alt_text(open_page: OpenPage) -> None:
    page = open_page("/healthz")
    page.set_content(BAD)
    assert any("image-alt" in complaint for complaint in accessibility_complaints(page))


def test_axe_leaves_out_the_parts_to_skip_and_nothing_else(open_page: OpenPage) -> None:
    page = open_page("/healthz")
    page.set_content(f"{BAD}<img src=/y.png class=footer>")
    found = accessibility_complaints(page, skip=".masthead, .footer")
    assert [each for each in found if "image-alt" in each and "x.png" in each]
    assert not [each for each in found if "footer" in each]
    assert accessibility_complaints(page, skip=".masthead") == accessibility_complaints(page)


def test_nu_finds_invalid_nesting(tmp_path: Path) -> None:
    assert any(
        "No “p” element" in complaint for complaint in html_complaints({"bad": BAD}, tmp_path)
    )

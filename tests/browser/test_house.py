"""Things every page keeps, whoever wrote it."""

import pytest

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def test_an_editor_reaches_the_desk(open_page: OpenPage, edna: User) -> None:
    page = open_page("/admin/login/?next=/admin/")
    page.fill("input[name=username]", edna.email)
    page.fill("input[name=password]", PASSWORD)
    # Until the page is whole: a click that comes before its scripts finds links, not buttons.
    with page.expect_navigation():
        page.click("[type=submit]")
    assert page.locator("h1").inner_text() == "Dashboard"

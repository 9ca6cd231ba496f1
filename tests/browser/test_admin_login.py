"""Signing in to the admin."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def test_an_editor_signs_in_to_the_admin_with_the_keys(open_page: OpenPage, edna: User) -> None:
    page = open_page("/admin/login/?next=/admin/")
    page.locator("input[name=username]").focus()
    page.keyboard.type(edna.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    # Wait until the page has loaded: its scripts change the links.
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#dashboard-items")).to_be_visible()

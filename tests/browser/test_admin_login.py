"""Signing in to the admin."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def test_an_editor_signs_in_to_the_admin(open_page: OpenPage, edna: User) -> None:
    page = open_page("/admin/login/?next=/admin/")
    page.fill("input[name=username]", edna.email)
    page.fill("input[name=password]", PASSWORD)
    # Wait until the page has loaded: its scripts change the links.
    with page.expect_navigation():
        page.click("#login-form [type=submit]")
    expect(page.locator("#dashboard-items")).to_be_visible()

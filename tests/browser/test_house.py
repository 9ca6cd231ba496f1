"""Things every page keeps, whoever wrote it."""

import pytest

from accounts.models import User
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def test_an_editor_reaches_the_desk(desk: OpenPage, edna: User) -> None:
    page = desk(edna)
    assert page.locator("h1").inner_text() == "What waits"

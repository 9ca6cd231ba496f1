import pytest
from playwright.sync_api import expect

from tests.journeys.product import People, Product

pytestmark = pytest.mark.journey


def test_an_editor_signs_in(product: Product, people: People) -> None:
    page = people.enter("editor").page
    page.goto("/admin/")
    expect(page.locator("#dashboard-items")).to_be_visible()
    reader = people.enter(scripts=False).page
    reader.goto("/")
    expect(reader.locator("main")).to_be_visible()
    people.enter("reporter").page.goto("/admin/")

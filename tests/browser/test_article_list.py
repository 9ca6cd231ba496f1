"""The list of articles: views, status and cards on phones."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from articles.editorial.versions import drafts
from tests import newsroom
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

LIST = "/admin/articles/article/"


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 320, "height": 640}])
def test_the_list_fits_the_screen_and_is_accessible(
    open_admin: OpenPage, edna: User, size: dict[str, int]
) -> None:
    news = newsroom.category("News")
    changed = newsroom.published(
        "Pacific fisheries ministers agree on a common pool of observers",
        lead_image=newsroom.picture(),
        authors=[newsroom.author("Ines Faro")],
        categories=[news],
    )
    drafts.save(changed, {"headline": "Changed"}, by=edna)
    newsroom.draft("A quiet week at the strait", categories=[news])
    page = open_admin(edna, LIST, size=size, reduced_motion="reduce")
    assert complaints_in_every_look(page, size) == []
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Drafts").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list tbody th a").click()
    expect(page.locator("#id_headline")).to_have_value("A quiet week at the strait")

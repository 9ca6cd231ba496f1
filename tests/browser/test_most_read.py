"""View counts sent by the page's script, and the accessible end of an article."""

import pytest
from playwright.sync_api import expect

from articles.editorial.models import Series, SeriesPart
from articles.popular import most_read
from articles.popular.models import ArticleViews
from iria.publication.models import Publication
from tests import newsroom
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import PHONE, OpenPage, wait_until

pytestmark = pytest.mark.browser

NEWER = 14
"""More than the number of newest articles on a front page."""

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_opening_an_article_is_counted_once_and_sets_no_cookie(open_page: OpenPage) -> None:
    series = Series.objects.create(name="Straits of the world")
    first, second = (
        newsroom.published(
            f"Strait {number}", licence="CC BY 4.0", first_published_in="The Harbour Review"
        )
        for number in range(2)
    )
    for position, article in enumerate((first, second)):
        SeriesPart.objects.create(series=series, article=article, position=position)
    page = open_page(first.get_absolute_url(), user_agent=FIREFOX, size=PHONE, scheme="dark")
    wait_until(page, ArticleViews.objects.exists)
    row = ArticleViews.objects.get()
    assert (row.article, row.views) == (first, 1)
    assert page.context.cookies() == []
    page.locator(".article-series a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Strait 1")

    Publication.objects.update_or_create(pk=1, defaults={"show_most_read": True})
    most_read.update_most_read()
    # Articles on the front page are not listed again.
    for number in range(NEWER):
        newsroom.published(f"A newer piece {number}")
    page.goto("/")
    expect(page.locator(".most-read li").first).to_contain_text("Strait")
    for path in ("/", first.get_absolute_url()):
        looked_at = open_page(path, size=PHONE, scheme="dark", bypass_csp=True)
        assert accessibility_complaints(looked_at) == []

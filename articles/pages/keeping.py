"""Keeping a page."""

from articles.body.cleaning import clean
from articles.embeds.placing import place
from articles.pages.models import Page


def save(page: Page) -> None:
    """Saves the page with only what may stand in a text.

    Raises:
        ValidationError: a field is not as it should be; nothing was saved.
    """
    page.path = page.path.strip().strip("/")
    page.body = place(clean(page.body))
    page.full_clean()
    page.save()

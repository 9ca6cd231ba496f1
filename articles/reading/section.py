"""The page of a section: its lead, picked or the newest, and the rest in order of time."""

from dataclasses import dataclass

from django.core.paginator import Page

from articles.editorial.models import Article, Category, Scope
from articles.reading.shelf import Shelf
from iria.kit.paging import page_of


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One page of a section; only the first one has a lead."""

    lead: Article | None
    cards: list[Article]
    page: Page[Article]


def section_page(
    shelf: Shelf, category: Category, lead_id: int | None, number: str | None
) -> SectionPage:
    """The cards of a section, a lead picked by an editor among them.

    Two queries; where somebody picked a lead, the first page takes two more.

    Args:
        lead_id: the article that an editor picked, if one did.
        number: the page as it was asked for.
    """
    page = page_of(shelf.listing(Scope.CATEGORY, category.pk).without(lead_id), number)
    cards = list(page.object_list)
    if page.number > 1:
        return SectionPage(None, cards, page)
    picked = shelf.articles.filter(pk=lead_id).for_cards().first() if lead_id else None
    if picked is not None:
        return SectionPage(picked, cards, page)
    return SectionPage(cards[0] if cards else None, cards[1:], page)

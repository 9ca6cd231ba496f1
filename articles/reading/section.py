"""The page of a section: its lead, picked or the newest, and the rest in order of time."""

from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Q

from articles.editorial.models import Article, Category
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
    """The cards of a section in four queries, a lead picked by an editor among them.

    Args:
        lead_id: the article that an editor picked, if one did.
        number: the page as it was asked for.
    """
    articles = shelf.articles
    newest = articles.in_category(category).newest()
    if lead_id is not None:
        newest = newest.exclude(pk=lead_id)
    page = page_of(newest, number)
    chosen = Q(pk__in=page.object_list.values("pk"))  # type: ignore[attr-defined]
    if lead_id is not None and page.number == 1:
        chosen |= Q(pk=lead_id)
    cards = list(articles.filter(chosen).newest().for_cards())
    if page.number > 1 or not cards:
        return SectionPage(None, cards, page)
    lead = next((card for card in cards if card.pk == lead_id), cards[0])
    return SectionPage(lead, [card for card in cards if card is not lead], page)

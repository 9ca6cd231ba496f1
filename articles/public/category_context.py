"""A category with what stands above and below it.

The page of a section: its lead, picked or the newest, and the rest in order of time.
"""

from dataclasses import dataclass, replace

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404

from articles.editorial.models import Article, Category, ListingEntry, Scope
from articles.public.front_page.models import Placement, PlacementQuerySet
from articles.public.listing_scope import ListingScope
from iria.core.pagination import page_of


@dataclass(frozen=True, slots=True)
class CategoryContext:
    """A category, the ones above it from the top down, and its children in their order."""

    chosen: Category
    above: list[Category]
    children: list[Category]
    lead_id: int | None
    """The article that an editor picked to lead the page."""

    def within(self, scope: ListingScope) -> "CategoryContext":
        """The same family with only those children that a shelf has something of: one query more."""
        used = scope.sections
        return replace(self, children=[each for each in self.children if each.path in used])


def category_context(path: str) -> CategoryContext:
    """The category at a path and its family, in one query.

    Raises:
        Http404: there is no category at this path.
    """
    parts = path.split("/")
    line = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    wanted = Category.objects.filter(Q(path__in=line) | Q(parent__path=path)).in_order()
    rows = list(wanted.annotate(lead_id=Subquery(_picked().values("article")[:1])))
    chosen = next((row for row in rows if row.path == path), None)
    if chosen is None:
        raise Http404
    return CategoryContext(
        chosen=chosen,
        lead_id=chosen.lead_id,  # type: ignore[attr-defined]
        above=[row for row in rows if row.path in line[:-1]],
        children=[row for row in rows if row.path not in line],
    )


def _picked() -> PlacementQuerySet:
    """The lead of a section, while it is published and still in it."""
    inside = ListingEntry.objects.filter(
        scope=Scope.CATEGORY, target=OuterRef("category"), article=OuterRef("article")
    )
    picked = Placement.objects.in_force().filter(slot=Placement.Slot.HEAD, category=OuterRef("pk"))
    return picked.filter(Exists(inside))


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One page of a section; only the first one has a lead."""

    lead: Article | None
    cards: list[Article]
    page: Page[Article]


def section_page(
    scope: ListingScope, category: Category, lead_id: int | None, number: str | None
) -> SectionPage:
    """The cards of a section, a lead picked by an editor among them.

    Two queries; where somebody picked a lead, the first page takes two more.

    Args:
        lead_id: the article that an editor picked, if one did.
        number: the page as it was asked for.
    """
    page = page_of(scope.listing(Scope.CATEGORY, category.pk).without(lead_id), number)
    cards = list(page.object_list)
    if page.number > 1:
        return SectionPage(None, cards, page)
    picked = scope.articles.filter(pk=lead_id).for_cards().first() if lead_id else None
    if picked is not None:
        return SectionPage(picked, cards, page)
    return SectionPage(cards[0] if cards else None, cards[1:], page)

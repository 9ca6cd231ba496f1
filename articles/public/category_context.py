"""A category with its ancestors and children, and the articles of its page.

The lead of a category page is chosen by an editor, or the newest article.
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
    """A category, its ancestors from the top down, and its children in order."""

    chosen: Category
    above: list[Category]
    children: list[Category]
    lead_id: int | None
    """The lead chosen by an editor."""

    def within(self, scope: ListingScope) -> "CategoryContext":
        """The same with only those children that have articles in the scope: one more query."""
        used = scope.sections
        return replace(self, children=[each for each in self.children if each.path in used])


def category_context(path: str) -> CategoryContext:
    """The category at a path with its ancestors and children, in one query.

    Raises:
        Http404: no category has this path.
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
    """The lead of a category, while it is published and in the category."""
    inside = ListingEntry.objects.filter(
        scope=Scope.CATEGORY, target=OuterRef("category"), article=OuterRef("article")
    )
    picked = Placement.objects.in_force().filter(slot=Placement.Slot.HEAD, category=OuterRef("pk"))
    return picked.filter(Exists(inside))


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A page of a category; only the first one has a lead."""

    lead: Article | None
    cards: list[Article]
    page: Page[Article]


def section_page(
    scope: ListingScope, category: Category, lead_id: int | None, number: str | None
) -> SectionPage:
    """The cards of a category page, with the lead.

    Two queries; two more for the first page if an editor chose the lead.

    Args:
        lead_id: the article that an editor chose, if any.
        number: the requested page.
    """
    page = page_of(scope.listing(Scope.CATEGORY, category.pk).without(lead_id), number)
    cards = list(page.object_list)
    if page.number > 1:
        return SectionPage(None, cards, page)
    picked = scope.articles.filter(pk=lead_id).for_cards().first() if lead_id else None
    if picked is not None:
        return SectionPage(picked, cards, page)
    return SectionPage(cards[0] if cards else None, cards[1:], page)

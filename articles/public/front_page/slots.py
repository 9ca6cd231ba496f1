"""The spots of a page that can be filled, each with what stands there now."""

from dataclasses import dataclass
from datetime import datetime

from articles.editorial.listings import Listing
from articles.editorial.models import Article, Category, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.public.front_page import layout as front_page_layout
from articles.public.front_page.models import Placement, PlacementQuerySet
from iria.publication.models import Publication

Place = Placement.Place
OFFERS = "articles-to-choose"


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for one article."""

    place: str
    category_id: int | None
    position: int
    now: Article | None
    """What readers find there at this moment."""
    placed: Placement | None

    @property
    def name(self) -> str:
        return f"{self.place}-{self.category_id or 0}-{self.position}"

    @property
    def until(self) -> datetime | None:
        return self.placed.until if self.placed else None


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """Spots that stand together under a name."""

    name: str
    spots: list[Slot]
    category: Category | None = None

    @property
    def manual_placements(self) -> int:
        return sum(spot.placed is not None for spot in self.spots)


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A page that can be composed."""

    title: str
    address: str
    articles: ArticleQuerySet
    """Which articles can stand on it."""
    parts: list[SlotGroup]
    language: str = ""
    category: Category | None = None

    @property
    def spots(self) -> list[Slot]:
        return [spot for part in self.parts for spot in part.spots]


def front_sheet(publication: Publication, code: str, name: str, address: str) -> PageLayout:
    """The front page of a language."""
    articles = Article.objects.published().of_front(code, publication.language_codes)
    layout = front_page_layout.lay_out(articles, code, publication.language_codes)
    placed = _placed(Placement.objects.in_force().on_front(code).filter(article__in=articles))
    cards = articles.filter(pk__in=layout.all).for_cards().in_bulk()

    def spots(place: str, category: int | None, shown: list[int], places: int) -> list[Slot]:
        return [
            Slot(
                place,
                category,
                position,
                now=cards.get(shown[position]) if position < len(shown) else None,
                placed=placed.get((place, category, position)),
            )
            for position in range(places)
        ]

    parts = [
        SlotGroup("The lead", spots(Place.LEAD, None, layout.head[:1], 1)),
        SlotGroup(
            "Beside the lead", spots(Place.SECOND, None, layout.head[1:], front_page_layout.SECONDS)
        ),
    ]
    parts += [
        SlotGroup(
            section.name,
            spots(Place.SECTION, section.pk, shown, front_page_layout.IN_SECTION),
            section,
        )
        for section, shown in layout.sections
    ]
    return PageLayout(f"Front page, {name}", address, articles, parts, language=code)


def section_sheet(category: Category) -> PageLayout:
    """The head of a section's own page."""
    articles = Article.objects.published().in_category(category)
    rows = Placement.objects.in_force().filter(place=Place.HEAD, category=category)
    placed = _placed(rows.filter(article__in=articles))
    chosen = placed.get((Place.HEAD, category.pk, 0))
    newest = Listing(Scope.CATEGORY, category.pk).cut(0, 1)
    wanted = articles.filter(pk=chosen.article_id) if chosen else newest
    spot = Slot(Place.HEAD, category.pk, 0, wanted.for_cards().first(), chosen)
    part = SlotGroup("The lead of this section", [spot])
    address = category.get_absolute_url()
    return PageLayout(f"Section {category.name}", address, articles, [part], category=category)


def _placed(rows: PlacementQuerySet) -> dict[tuple[str, int | None, int], Placement]:
    return {
        (row.place, row.category_id, row.position): row
        for row in rows.select_related("article", "placed_by").defer("article__body")
    }

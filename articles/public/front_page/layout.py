"""Composing a front page, or the head of a section's page.

The front page: what editors placed by hand, the rest by rule, and no article twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.listings import newest_on_front
from articles.editorial.models import Article, Category, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.public.front_page.models import Placement, PlacementQuerySet

Place = Placement.Place
Spot = tuple[str, int | None, int]
"""Place, category and position: one spot of a page."""


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """What an editor wants in a spot, and until when."""

    place: str
    category_id: int | None
    position: int
    article_id: int
    until: datetime | None = None

    @property
    def spot(self) -> Spot:
        return (self.place, self.category_id, self.position)


def compose_front(language: str, wishes: Iterable[SlotChoice], *, by: User | None) -> None:
    """Puts exactly these on the front page of a language; what stays as it was keeps its author."""
    _place(Placement.objects.on_front(language), wishes, language, by)


def lead_section(category: Category, wish: SlotChoice | None, *, by: User | None) -> None:
    """Puts an article at the head of a section's own page; None leaves it to the rule."""
    there = Placement.objects.filter(place=Place.HEAD, category=category)
    _place(there, [wish] if wish else [], "", by)


def clear_expired() -> int:
    """Takes away what has run out, which tells pages of it; how many there were."""
    count, _each = Placement.objects.filter(until__lte=timezone.now()).delete()
    return count


def _place(
    there: PlacementQuerySet, wishes: Iterable[SlotChoice], language: str, by: User | None
) -> None:
    with transaction.atomic():
        # One page is composed by one person at a time, or two could fill the same place.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE articles_placement IN SHARE ROW EXCLUSIVE MODE")
        before = {_as_wish(row): row for row in there}
        wanted = list(wishes)
        gone = [row.pk for wish, row in before.items() if wish not in wanted]
        Placement.objects.filter(pk__in=gone).delete()
        Placement.objects.bulk_create(
            Placement(
                place=wish.place,
                category_id=wish.category_id,
                position=wish.position,
                article_id=wish.article_id,
                until=wish.until,
                language=language,
                placed_by=by,
            )
            for wish in wanted
            if wish not in before
        )


def _as_wish(row: Placement) -> SlotChoice:
    return SlotChoice(row.place, row.category_id, row.position, row.article_id, row.until)


SECONDS: Final = 4
IN_SECTION: Final = 4


@dataclass(frozen=True, slots=True)
class Section:
    """A category at the top of the tree and what stands in its part of the page."""

    category: Category
    articles: list[Article]


@dataclass(frozen=True, slots=True)
class FrontPage:
    lead: Article | None
    seconds: list[Article]
    sections: list[Section]


@dataclass(slots=True)
class ByHand:
    """The numbers of the articles that editors placed, by place and position."""

    lead: dict[int, int] = field(default_factory=dict)
    seconds: dict[int, int] = field(default_factory=dict)
    sections: dict[int, dict[int, int]] = field(default_factory=dict)
    all: set[int] = field(default_factory=set)

    def add(self, place: str, category: int | None, position: int, article: int) -> None:
        self.all.add(article)
        if place == Placement.Place.LEAD:
            self.lead[position] = article
        elif place == Placement.Place.SECOND:
            self.seconds[position] = article
        elif category is not None:
            self.sections.setdefault(category, {})[position] = article


@dataclass(frozen=True, slots=True)
class Layout:
    """Which article stands where, by their numbers."""

    head: list[int]
    """The lead, then the seconds."""
    sections: list[tuple[Category, list[int]]]

    @property
    def all(self) -> set[int]:
        return set(self.head).union(*(chosen for _category, chosen in self.sections))


def compose(articles: ArticleQuerySet, layout: Layout) -> FrontPage:
    """The front page of these articles: one query for the cards of all that stand on it."""
    cards = {card.pk: card for card in articles.filter(pk__in=layout.all).for_cards()}
    head = [cards[pk] for pk in layout.head if pk in cards]
    return FrontPage(
        lead=head[0] if head else None,
        seconds=head[1:],
        sections=[
            Section(section, shown)
            for section, chosen in layout.sections
            if (shown := [cards[pk] for pk in chosen if pk in cards])
        ],
    )


def lay_out(articles: ArticleQuerySet, code: str, codes: list[str]) -> Layout:
    """Places first what was placed by hand, then the newest that stand nowhere yet.

    Three queries: what was placed in this language, the sections, the newest of all and of each.

    All and every section are asked for as many more as the places before them can take.

    Args:
        articles: what may stand on the page.
        code: its language.
        codes: the publication's languages, the first one first.
    """
    placed = manual_placements(articles, code)
    sections = list(Category.objects.filter(parent=None).in_order())
    headings = [(Scope.ALL, 0), *((Scope.CATEGORY, section.pk) for section in sections)]
    each = IN_SECTION + 1 + SECONDS + len(placed.all)
    newest_of_all, *newest_of_each = newest_on_front(headings, each, code, codes)
    rest = _besides(newest_of_all, placed.all)
    lead = _filled(placed.lead, rest, 1)
    head = lead + _filled(placed.seconds, rest, SECONDS)
    taken = placed.all | set(head)
    parts = []
    for section, newest_here in zip(sections, newest_of_each, strict=True):
        free = _besides(newest_here, taken)
        chosen = _filled(placed.sections.get(section.pk, {}), free, IN_SECTION)
        taken.update(chosen)
        parts.append((section, chosen))
    return Layout(head, parts)


def manual_placements(articles: ArticleQuerySet, language: str) -> ByHand:
    """What editors placed on the front page of a language, as far as it can be shown there."""
    found = ByHand()
    rows = Placement.objects.in_force().on_front(language).filter(article__in=articles)
    for row in rows.values_list("place", "category_id", "position", "article_id"):
        found.add(*row)
    return found


def _besides(wished: Iterable[int], taken: set[int]) -> Iterator[int]:
    return iter([pk for pk in wished if pk not in taken])


def _filled(placed: dict[int, int], rest: Iterator[int], places: int) -> list[int]:
    """The places in their order: by hand where somebody placed something, else the next by rule."""
    chosen = [placed.get(position) or next(rest, None) for position in range(places)]
    return [pk for pk in chosen if pk is not None]

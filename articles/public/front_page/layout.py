"""Saves the slots of front pages and category pages, and lays out the front page.

Slots without a choice of an editor are filled automatically; no article appears twice.
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

SlotName = Placement.Slot
SlotKey = tuple[str, int | None, int]
"""Slot name, category and position."""


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """An editor's choice for a slot, with its expiry time."""

    slot: str
    category_id: int | None
    position: int
    article_id: int
    expires_at: datetime | None = None

    @property
    def key(self) -> SlotKey:
        return (self.slot, self.category_id, self.position)


def save_front_page(language: str, choices: Iterable[SlotChoice], *, by: User | None) -> None:
    """Saves the slots of a front page; unchanged slots keep their author."""
    _save(Placement.objects.on_front(language), choices, language, by)


def save_section_lead(category: Category, choice: SlotChoice | None, *, by: User | None) -> None:
    """Sets the lead of a category page; None makes it automatic."""
    existing = Placement.objects.filter(slot=SlotName.HEAD, category=category)
    _save(existing, [choice] if choice else [], "", by)


def clear_expired() -> int:
    """Deletes expired placements, which updates the cache version; returns how many."""
    count, _each = Placement.objects.filter(expires_at__lte=timezone.now()).delete()
    return count


def _save(
    existing: PlacementQuerySet, choices: Iterable[SlotChoice], language: str, by: User | None
) -> None:
    with transaction.atomic():
        # One transaction per page, so that two editors cannot fill the same slot.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE articles_placement IN SHARE ROW EXCLUSIVE MODE")
        before = {_as_choice(row): row for row in existing}
        wanted = list(choices)
        deleted = [row.pk for choice, row in before.items() if choice not in wanted]
        Placement.objects.filter(pk__in=deleted).delete()
        Placement.objects.bulk_create(
            Placement(
                slot=choice.slot,
                category_id=choice.category_id,
                position=choice.position,
                article_id=choice.article_id,
                expires_at=choice.expires_at,
                language=language,
                placed_by=by,
            )
            for choice in wanted
            if choice not in before
        )


def _as_choice(row: Placement) -> SlotChoice:
    return SlotChoice(row.slot, row.category_id, row.position, row.article_id, row.expires_at)


SECONDS: Final = 4
IN_SECTION: Final = 4


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level category and the articles in its part of the page."""

    category: Category
    articles: list[Article]


@dataclass(frozen=True, slots=True)
class FrontPage:
    lead: Article | None
    seconds: list[Article]
    sections: list[Section]


@dataclass(slots=True)
class ManualPlacements:
    """The ids of the articles chosen by editors, by slot and position."""

    lead: dict[int, int] = field(default_factory=dict)
    seconds: dict[int, int] = field(default_factory=dict)
    sections: dict[int, dict[int, int]] = field(default_factory=dict)
    all: set[int] = field(default_factory=set)

    def add(self, place: str, category: int | None, position: int, article: int) -> None:
        self.all.add(article)
        if place == Placement.Slot.LEAD:
            self.lead[position] = article
        elif place == Placement.Slot.SECOND:
            self.seconds[position] = article
        elif category is not None:
            self.sections.setdefault(category, {})[position] = article


@dataclass(frozen=True, slots=True)
class Layout:
    """The ids of the articles in every part of the page."""

    head: list[int]
    """The lead, then the secondary articles."""
    sections: list[tuple[Category, list[int]]]

    @property
    def all(self) -> set[int]:
        return set(self.head).union(*(chosen for _category, chosen in self.sections))


def load_front_page(articles: ArticleQuerySet, layout: Layout) -> FrontPage:
    """The front page with its articles: one query for all cards."""
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


def build_layout(articles: ArticleQuerySet, code: str, codes: list[str]) -> Layout:
    """Fills slots with the editors' choices first, then with the newest other articles.

    Three queries: choices in this language, categories, the newest of all and of each category.
    Each query fetches more articles than needed, since earlier slots may use some of them.

    Args:
        articles: those that may appear on the page.
        code: its language.
        codes: the publication's languages, the first one first.
    """
    placement = manual_placements(articles, code)
    sections = list(Category.objects.filter(parent=None).in_order())
    headings = [(Scope.ALL, 0), *((Scope.CATEGORY, section.pk) for section in sections)]
    each = IN_SECTION + 1 + SECONDS + len(placement.all)
    newest_of_all, *newest_of_each = newest_on_front(headings, each, code, codes)
    rest = _without(newest_of_all, placement.all)
    lead = _filled(placement.lead, rest, 1)
    head = lead + _filled(placement.seconds, rest, SECONDS)
    used = placement.all | set(head)
    parts = []
    for section, newest_here in zip(sections, newest_of_each, strict=True):
        free = _without(newest_here, used)
        chosen = _filled(placement.sections.get(section.pk, {}), free, IN_SECTION)
        used.update(chosen)
        parts.append((section, chosen))
    return Layout(head, parts)


def manual_placements(articles: ArticleQuerySet, language: str) -> ManualPlacements:
    """The editors' choices for the front page of a language that can be shown there."""
    found = ManualPlacements()
    rows = Placement.objects.in_force().on_front(language).filter(article__in=articles)
    for row in rows.values_list("slot", "category_id", "position", "article_id"):
        found.add(*row)
    return found


def _without(article_ids: Iterable[int], used: set[int]) -> Iterator[int]:
    return iter([pk for pk in article_ids if pk not in used])


def _filled(placement: dict[int, int], rest: Iterator[int], places: int) -> list[int]:
    """The slots in order: the editor's choice, or the next article."""
    chosen = [placement.get(position) or next(rest, None) for position in range(places)]
    return [pk for pk in chosen if pk is not None]

"""Saves what editors choose for front pages and category pages: articles in slots, and patterns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Category
from articles.public.front_page.models import Placement, PlacementQuerySet, SectionPattern

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


def save_front_page(
    language: str,
    choices: Iterable[SlotChoice],
    *,
    by: User | None,
    patterns: Mapping[int, str] | None = None,
) -> None:
    """Saves the slots of a front page and the patterns; what is unchanged keeps its author.

    Args:
        patterns: by the id of the category, those that are not automatic. None: unchanged.
    """
    with transaction.atomic():
        _save(Placement.objects.on_front(language), choices, language, by)
        if patterns is not None:
            _save_patterns(language, patterns, by)


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


def _save_patterns(language: str, patterns: Mapping[int, str], by: User | None) -> None:
    saved = patterns_of(language)
    changed = {category for category in saved if patterns.get(category) != saved[category]}
    SectionPattern.objects.filter(language=language, category__in=changed).delete()
    SectionPattern.objects.bulk_create(
        SectionPattern(language=language, category_id=category, pattern=pattern, chosen_by=by)
        for category, pattern in patterns.items()
        if saved.get(category) != pattern
    )


def patterns_of(language: str) -> dict[int, str]:
    """The patterns that editors chose for a front page, by the id of the category."""
    rows = SectionPattern.objects.filter(language=language)
    return dict(rows.values_list("category_id", "pattern"))

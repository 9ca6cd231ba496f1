"""Composing a front page, or the head of a section's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Category
from articles.reading.models import Placement, PlacementQuerySet

Place = Placement.Place
Spot = tuple[str, int | None, int]
"""Place, category and position: one spot of a page."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an editor wants in a spot, and until when."""

    place: str
    category_id: int | None
    position: int
    article_id: int
    until: datetime | None = None

    @property
    def spot(self) -> Spot:
        return (self.place, self.category_id, self.position)


def compose_front(language: str, wishes: Iterable[Wish], *, by: User | None) -> None:
    """Puts exactly these on the front page of a language; what stays as it was keeps its author."""
    _place(Placement.objects.on_front(language), wishes, language, by)


def lead_section(category: Category, wish: Wish | None, *, by: User | None) -> None:
    """Puts an article at the head of a section's own page; None leaves it to the rule."""
    there = Placement.objects.filter(place=Place.HEAD, category=category)
    _place(there, [wish] if wish else [], "", by)


def clear_expired() -> int:
    """Takes away what has run out, which tells pages of it; how many there were."""
    count, _each = Placement.objects.filter(until__lte=timezone.now()).delete()
    return count


def _place(
    there: PlacementQuerySet, wishes: Iterable[Wish], language: str, by: User | None
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


def _as_wish(row: Placement) -> Wish:
    return Wish(row.place, row.category_id, row.position, row.article_id, row.until)

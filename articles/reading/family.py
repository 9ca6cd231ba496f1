"""A category with what stands above and below it."""

from dataclasses import dataclass

from django.db.models import Q

from articles.editorial.models import Category


@dataclass(frozen=True, slots=True)
class Family:
    """A category, the ones above it from the top down, and its children in their order."""

    chosen: Category | None
    above: list[Category]
    children: list[Category]


def family_of(path: str) -> Family:
    """The category at a path and its family, in one query."""
    parts = path.split("/")
    line = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    rows = list(Category.objects.filter(Q(path__in=line) | Q(parent__path=path)).in_order())
    return Family(
        chosen=next((row for row in rows if row.path == path), None),
        above=[row for row in rows if row.path in line[:-1]],
        children=[row for row in rows if row.path not in line],
    )

"""An article's place in its series."""

from dataclasses import dataclass
from typing import Final

from django.db.models import FETCH_RAISE

from articles.editorial.models import Article

PART_FIELDS: Final = ("headline", "language", "state", "year", "month", "slug", "published_at")


@dataclass(frozen=True, slots=True)
class PlaceInSeries:
    name: str
    place: int
    count: int
    earlier: Article | None
    later: Article | None


def place_in_series(article: Article) -> PlaceInSeries | None:
    """Where the article stands among the parts that can be read; asks only of what has a series."""
    part = getattr(article, "series_part", None)
    if part is None:
        return None
    parts = list(
        Article.objects.published()
        .filter(series_part__series=part.series_id)
        .order_by("series_part__position", "published_at", "pk")
        .only(*PART_FIELDS)
        .fetch_mode(FETCH_RAISE)
    )
    here = next((place for place, each in enumerate(parts) if each.pk == article.pk), None)
    if here is None or len(parts) < 2:
        return None
    return PlaceInSeries(
        name=part.series.name,
        place=here + 1,
        count=len(parts),
        earlier=parts[here - 1] if here else None,
        later=parts[here + 1] if here + 1 < len(parts) else None,
    )

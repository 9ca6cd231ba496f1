"""What was published when: years and months with their counts."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.urls import reverse

from articles.editorial.querysets import ArticleQuerySet


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which something was published."""

    year: int
    month: int
    count: int

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def address(self) -> str:
        return reverse("month", args=[self.year, self.month])


@dataclass(frozen=True, slots=True)
class Archive:
    """Every month with articles, newest first; read in one query."""

    months: list[Month]

    def of_year(self, year: int) -> list[Month]:
        """The months of a year in the order of the calendar."""
        return [month for month in reversed(self.months) if month.year == year]

    @property
    def years(self) -> list[tuple[int, int]]:
        """Each year with its count, newest first."""
        counts: dict[int, int] = {}
        for month in self.months:
            counts[month.year] = counts.get(month.year, 0) + month.count
        return list(counts.items())

    @property
    def by_year(self) -> list[tuple[int, int, list[Month]]]:
        """Each year with its count and its months, newest first."""
        return [(year, count, self.of_year(year)) for year, count in self.years]

    def around(self, year: int, month: int) -> tuple[Month | None, Month | None]:
        """The nearest month before and after that has articles."""
        earlier = [each for each in self.months if (each.year, each.month) < (year, month)]
        later = [each for each in self.months if (each.year, each.month) > (year, month)]
        return (earlier[0] if earlier else None, later[-1] if later else None)


def archive_of(articles: ArticleQuerySet) -> Archive:
    """The archive of these articles, by the year and month in their addresses."""
    rows = articles.order_by("-year", "-month").values_list("year", "month")
    counted = rows.annotate(count=Count("pk"))
    return Archive([Month(*row) for row in counted])

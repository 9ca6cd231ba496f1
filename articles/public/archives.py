"""Years and months with their numbers of articles."""

from dataclasses import dataclass
from datetime import date

from articles.editorial.listings import counts_of
from articles.editorial.models import Scope
from articles.public.listing_scope import ListingScope


@dataclass(frozen=True, slots=True)
class Month:
    """A month with published articles."""

    year: int
    month: int
    count: int
    scope: ListingScope

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def url(self) -> str:
        return self.scope.url("month", self.year, self.month)


@dataclass(frozen=True, slots=True)
class Year:
    """A year with its number of articles, and its months in calendar order."""

    year: int
    count: int
    months: list[Month]
    scope: ListingScope

    @property
    def url(self) -> str:
        return self.scope.url("year", self.year)


@dataclass(frozen=True, slots=True)
class Archive:
    """Every month with articles, newest first; read in one query."""

    months: list[Month]
    scope: ListingScope

    def of_year(self, year: int) -> list[Month]:
        """The months of a year in calendar order."""
        return [month for month in reversed(self.months) if month.year == year]

    @property
    def years(self) -> list[Year]:
        """Each year, newest first."""
        counts: dict[int, int] = {}
        for month in self.months:
            counts[month.year] = counts.get(month.year, 0) + month.count
        return [Year(year, count, self.of_year(year), self.scope) for year, count in counts.items()]

    def around(self, year: int, month: int) -> tuple[Month | None, Month | None]:
        """The nearest month before and after that has articles."""
        earlier = [each for each in self.months if (each.year, each.month) < (year, month)]
        later = [each for each in self.months if (each.year, each.month) > (year, month)]
        return (earlier[0] if earlier else None, later[-1] if later else None)


def get_archive(scope: ListingScope) -> Archive:
    """The archive of these articles, by the year and month in their URLs."""
    counts = sorted(counts_of(Scope.MONTH, language=scope.code).items(), reverse=True)
    return Archive([Month(*divmod(month, 100), count, scope) for month, count in counts], scope)

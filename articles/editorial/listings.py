"""Lists of published articles, read from an index that stops after a page, with stored counts.

PostgreSQL maintains entries in `ListingEntry` and counts in `ListingCount`
(docs/decisions/listings.md). Both have a time from which they are visible, so a future publication
time needs no write when it comes.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.editorial.models import (
    Article,
    ListingCount,
    ListingEntry,
    ListingRecheck,
    Scope,
)
from articles.editorial.models.listing import ListingEntryQuerySet
from articles.editorial.models.querysets import ArticleQuerySet

DEEP_OFFSET: Final = 200
"""Entries that are skipped one by one; a page further down starts at a month."""

NEWEST: Final = """
SELECT ARRAY(
    SELECT article_id FROM articles_listingentry
    WHERE scope = heading.scope AND target = heading.target AND published_at <= %s
    ORDER BY published_at DESC, article_id DESC LIMIT %s)
FROM unnest(%s::text[], %s::bigint[])
    WITH ORDINALITY AS heading (scope, target, place)
ORDER BY place
"""

NEWEST_IN_LANGUAGES: Final = """
WITH used AS MATERIALIZED (
    SELECT DISTINCT language FROM articles_listingcount
    WHERE scope = 'all' AND target = 0 AND period = 0
        AND (language = %s OR %s = '') AND language <> ALL(%s)
)
SELECT ARRAY(
    SELECT entry.article_id FROM used CROSS JOIN LATERAL (
        SELECT article_id, published_at FROM articles_listingentry
        WHERE scope = heading.scope AND target = heading.target AND language = used.language
            AND published_at <= %s
        ORDER BY published_at DESC, article_id DESC LIMIT %s) AS entry
    ORDER BY entry.published_at DESC, entry.article_id DESC LIMIT %s)
FROM unnest(%s::text[], %s::bigint[])
    WITH ORDINALITY AS heading (scope, target, place)
ORDER BY place
"""
"""Each language separately, so that a rare language is not searched for among all others."""

ADD_UP: Final = """
WITH changed AS (
    SELECT DISTINCT scope, target, language, period FROM articles_listingcount
    WHERE NOT added_up AND visible_from <= %(now)s
), gone AS (
    DELETE FROM articles_listingcount AS count USING changed
    WHERE count.scope = changed.scope AND count.target = changed.target
        AND count.language = changed.language AND count.period = changed.period
        AND count.visible_from <= %(now)s
    RETURNING count.scope, count.target, count.language, count.period, count.articles
)
INSERT INTO articles_listingcount
    (scope, target, language, period, articles, visible_from, added_up)
SELECT scope, target, language, period, sum(articles), 'epoch', true
FROM gone GROUP BY scope, target, language, period HAVING sum(articles) <> 0
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """The published articles of a scope, or those of them in one language or besides some."""

    scope: Scope = Scope.ALL
    target: int = 0
    language: str = ""
    other_languages: tuple[str, ...] = ()
    """Left out of a list without a language: those that have a list of their own."""
    excluded: int | None = None
    """The id of an article to leave out."""

    @property
    def entries(self) -> ListingEntryQuerySet:
        """The visible entries, newest first."""
        entries = ListingEntry.objects.visible().filter(scope=self.scope, target=self.target)
        entries = _in_language(entries, self.language, self.other_languages)
        if self.excluded is not None:
            entries = entries.exclude(article=self.excluded)
        return entries.newest()

    def without(self, article_id: int | None) -> "Listing":
        return replace(self, excluded=article_id)

    def exists(self) -> bool:
        return self.entries.exists()

    def count(self) -> int:
        """How many articles there are, without counting them."""
        total = self._counts().filter(period=0).aggregate(total=Sum("articles"))["total"] or 0
        return int(total) - (self._excluded_time() is not None)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, places: slice) -> ArticleQuerySet:
        """The cards of a page, for Django's Paginator."""
        return self.cut(places.start or 0, places.stop).for_cards()

    def cut(self, start: int, stop: int) -> ArticleQuerySet:
        """A slice, newest first; one query, or two for a deep page."""
        entries = self.entries
        if start > DEEP_OFFSET:
            skipped, end = self._months_before(start)
            if end is not None:
                entries, start, stop = (
                    entries.filter(published_at__lt=end),
                    start - skipped,
                    stop - skipped,
                )
        chosen = Article.objects.published().filter(pk__in=entries.values("article_id")[start:stop])
        return chosen.newest()

    def _counts(self) -> "QuerySet[ListingCount]":
        counts = ListingCount.objects.visible().filter(scope=self.scope, target=self.target)
        return _in_language(counts, self.language, self.other_languages)

    def _excluded_time(self) -> datetime | None:
        """Publication time of the article that is left out; None if it is not in the list."""
        if self.excluded is None:
            return None
        listed = replace(self, excluded=None).entries.filter(article=self.excluded)
        return listed.order_by().values_list("published_at", flat=True).first()

    def _months_before(self, place: int) -> tuple[int, datetime | None]:
        """Articles in the months before a position, and the end of the month of that position."""
        months = self._counts().filter(period__gt=0).values_list("period")
        counts = dict(months.annotate(total=Sum("articles")))
        excluded_time = self._excluded_time()
        if excluded_time is not None:
            counts[_period(excluded_time)] = counts.get(_period(excluded_time), 0) - 1
        skipped = 0
        for period, count in sorted(counts.items(), reverse=True):
            if skipped + count > place:
                return skipped, _end(period)
            skipped += count
        return 0, None


def newest_on_front(
    headings: Sequence[tuple[Scope, int]], limit: int, code: str, codes: Sequence[str]
) -> list[list[int]]:
    """The ids of the newest articles under each heading of a front page, in one query.

    `ArticleQuerySet.of_front` defines which articles these are.

    Args:
        headings: scope and target of each.
        limit: how many under each heading.
        code: the language of the front page.
        codes: the publication's languages, the first one first.
    """
    sql, values = _newest_on_front(headings, limit, code, codes)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [ids for (ids,) in cursor.fetchall()]


def front_articles(limit: int, code: str, codes: Sequence[str]) -> ArticleQuerySet:
    """The newest articles of a front page."""
    sql, values = _newest_on_front([(Scope.ALL, 0)], limit, code, codes)
    newest = RawSQL(f"SELECT unnest(newest) FROM ({sql}) AS found (newest)", values)  # noqa: S608, S611 - constants
    return Article.objects.published().filter(pk__in=newest).newest()


def _newest_on_front(
    headings: Sequence[tuple[Scope, int]], limit: int, code: str, codes: Sequence[str]
) -> tuple[str, list[Any]]:
    now, is_first = timezone.now(), code == codes[0]
    scopes_and_targets = [
        [scope.value for scope, _ in headings],
        [target for _, target in headings],
    ]
    if is_first and len(codes) == 1:
        return NEWEST, [now, limit, *scopes_and_targets]
    language, excluded = ("", list(codes[1:])) if is_first else (code, [])
    return NEWEST_IN_LANGUAGES, [
        language,
        language,
        excluded,
        now,
        limit,
        limit,
        *scopes_and_targets,
    ]


def _in_language[Q: QuerySet[Any, Any]](rows: Q, language: str, others: Sequence[str]) -> Q:
    """Entries or counts in a language; without one, in any besides the others."""
    if language:
        return rows.filter(language=language)
    return rows.exclude(language__in=others) if others else rows


def counts_of(scope: Scope, *, language: str = "", others: Sequence[str] = ()) -> dict[int, int]:
    """How many articles each target of a scope has, for those that have any."""
    visible = ListingCount.objects.visible().filter(scope=scope, period=0)
    counts = _in_language(visible, language, others)
    summed = counts.values_list("target").annotate(total=Sum("articles"))
    return dict(summed.filter(total__gt=0).order_by("target"))


def counts_by_language(scope: Scope) -> dict[tuple[str, int], int]:
    """The same by language."""
    counts = ListingCount.objects.visible().filter(scope=scope, period=0)
    summed = counts.values_list("language", "target").annotate(total=Sum("articles"))
    rows = summed.filter(total__gt=0).order_by("language", "target")
    return {(language, target): total for language, target, total in rows}


def targets_of(
    scope: Scope, *, language: str = "", others: Sequence[str] = ()
) -> "QuerySet[ListingCount, int]":
    """The targets that have any, for a subquery."""
    visible = ListingCount.objects.visible().filter(scope=scope, period=0)
    counts = _in_language(visible, language, others)
    summed = counts.values("target").annotate(total=Sum("articles")).filter(total__gt=0)
    return summed.values_list("target", flat=True)


def shortest_first(headings: Sequence[tuple[Scope, int]]) -> list[tuple[Scope, int]]:
    """Headings, that with the fewest articles first; one query where there are several."""
    if len(headings) < 2:
        return list(headings)
    condition = Q()
    for scope, target in headings:
        condition |= Q(scope=scope, target=target)
    counts = (
        ListingCount.objects.visible().filter(condition, period=0).values_list("scope", "target")
    )
    totals = {(scope, target): n for scope, target, n in counts.annotate(n=Sum("articles"))}
    return sorted(headings, key=lambda heading: totals.get(heading, 0))


def in_use(scope: Scope) -> Exists:
    """Whether a row, such as a tag, has any article that readers can see."""
    return Exists(ListingEntry.objects.visible().filter(scope=scope, target=OuterRef("pk")))


def add_up() -> None:
    """Adds up the counts that changed; totals stay the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        # After a bulk load the statistics are outdated and the planner would choose nested loops.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(ADD_UP, {"now": timezone.now()})
        cursor.execute("SET LOCAL enable_nestloop = on")


def recheck() -> int:
    """Lists articles again that were locked by another transaction; returns how many."""
    rechecks = list(ListingRecheck.objects.values_list("pk", "article"))
    articles: dict[int, list[int]] = {}
    for pk, article_id in rechecks:
        articles.setdefault(article_id, []).append(pk)
    for article_id, rows in articles.items():
        # One transaction each, so that no transaction waits while holding several locks.
        with transaction.atomic():
            locked = Article.objects.select_for_update(no_key=True, of=("self",))
            list(locked.filter(pk=article_id).values_list("pk"))
            write([article_id])
            ListingRecheck.objects.filter(pk__in=rows).delete()
    return len(articles)


def write(article_ids: Collection[int]) -> None:
    """Updates the entries of these articles; correct entries are not touched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_listing_write(%s::bigint[])", [list(article_ids)])


@contextmanager
def listed_together(article_ids: Collection[int]) -> Iterator[None]:
    """Updates the entries of these articles once at the end, instead of with each table.

    Args:
        article_ids: read at the end, so it may be filled meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL iria.listings_in_bulk = 'on'")
        yield
        cursor.execute("SET LOCAL iria.listings_in_bulk = 'off'")
        write(article_ids)


def _period(moment: datetime) -> int:
    moment = moment.astimezone(UTC)
    return moment.year * 100 + moment.month


def _end(period: int) -> datetime:
    year, month = divmod(period, 100)
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)

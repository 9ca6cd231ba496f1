"""The slots of a page, each with its current article, and what editors choose for them.

Choices are articles in slots of front pages and category pages, and patterns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.listings import Listing
from articles.editorial.models import Article, Category, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.public.front_page import layout as front_page_layout
from articles.public.front_page.models import Placement, PlacementQuerySet, SectionPattern
from iria.core.jobs import job
from iria.publication.models import Publication

SlotName = Placement.Slot
OFFERS = "articles-to-choose"
LEADS_NAME: Final = "Lead and secondary lead"
MAX_FOUND: Final = 20
"""Articles beside the slots."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot for one article."""

    slot: str
    category_id: int | None
    position: int
    now: Article | None
    """The article that is currently shown."""
    placement: Placement | None

    @property
    def name(self) -> str:
        return f"{self.slot}-{self.category_id or 0}-{self.position}"

    @property
    def expires_at(self) -> datetime | None:
        return self.placement.expires_at if self.placement else None


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """Slots with a common heading."""

    name: str
    slots: list[Slot]
    category: Category | None = None
    shape: str = ""
    """The pattern in which the slots stand: that of a section, or head for lead and seconds."""
    chosen_pattern: str | None = None
    """The pattern of the section that an editor chose; None if it has none to choose."""

    @property
    def pattern_name(self) -> str:
        return f"pattern-{self.category.pk}" if self.category else ""


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A page with slots."""

    title: str
    url: str
    articles: ArticleQuerySet
    """The articles that can be chosen."""
    parts: list[SlotGroup]
    language: str = ""
    category: Category | None = None

    @property
    def slots(self) -> list[Slot]:
        return [slot for part in self.parts for slot in part.slots]

    def place_of(self, article: Article) -> str:
        """The slot that shows an article; empty if it is on no slot of the page."""
        for part in self.parts:
            for number, slot in enumerate(part.slots, 1):
                if slot.now == article:
                    return (
                        f"Slot {number}"
                        if part.name == LEADS_NAME
                        else f"{part.name}, slot {number}"
                    )
        return ""


def found_articles(page: PageLayout, words: str) -> ArticleQuerySet:
    """The newest articles for a page whose headline contains the words: one query."""
    articles = page.articles.filter(headline__icontains=words) if words else page.articles
    return articles.newest().for_cards()[:MAX_FOUND]


def front_page_layout_of(publication: Publication, code: str, name: str, url: str) -> PageLayout:
    """The slots of the front page of a language."""
    articles = Article.objects.published().of_front(code, publication.language_codes)
    layout = front_page_layout.build_layout(articles, code, publication.language_codes)
    placement = _placed(Placement.objects.in_force().on_front(code).filter(article__in=articles))
    cards = articles.filter(pk__in=layout.all).for_cards().in_bulk()

    def slots(place: str, category: int | None, shown: list[int], places: int) -> list[Slot]:
        return [
            Slot(
                place,
                category,
                position,
                now=cards.get(shown[position]) if position < len(shown) else None,
                placement=placement.get((place, category, position)),
            )
            for position in range(places)
        ]

    lead = slots(SlotName.LEAD, None, layout.head[:1], 1)
    seconds = slots(SlotName.SECOND, None, layout.head[1:], front_page_layout.SECONDS)
    patterns = patterns_of(code)
    opinion = slots(SlotName.OPINION, None, layout.opinion, front_page_layout.OPINIONS)
    reports = slots(SlotName.REPORT, None, layout.reports, front_page_layout.REPORTS)
    parts = [
        SlotGroup(LEADS_NAME, [*lead, *seconds], shape="head"),
        SlotGroup("Opinion", opinion, shape="pair"),
        SlotGroup("Reports", reports, shape="row"),
    ]
    for section in layout.sections:
        category, places = section.category, _places(section, placement)
        shown = slots(SlotName.SECTION, category.pk, section.articles, places)
        pattern = patterns.get(category.pk, "")
        parts.append(SlotGroup(category.name, shown, category, section.pattern, pattern))
    return PageLayout(f"Front page, {name}", url, articles, parts, language=code)


def _places(
    section: front_page_layout.SectionLayout, placed: dict[tuple[str, int | None, int], Placement]
) -> int:
    """The places of its pattern, and further ones that were filled in another pattern."""
    filled = [
        position
        for slot, category, position in placed
        if (slot, category) == (SlotName.SECTION, section.category.pk)
    ]
    return max(
        front_page_layout.PLACES[SectionPattern.Pattern(section.pattern)],
        *(position + 1 for position in filled),
        0,
    )


def section_page_layout(category: Category) -> PageLayout:
    """The lead slot of a category page."""
    articles = Article.objects.published().in_category(category)
    rows = Placement.objects.in_force().filter(slot=SlotName.HEAD, category=category)
    placement = _placed(rows.filter(article__in=articles))
    chosen = placement.get((SlotName.HEAD, category.pk, 0))
    newest = Listing(Scope.CATEGORY, category.pk).cut(0, 1)
    wanted = articles.filter(pk=chosen.article_id) if chosen else newest
    slot = Slot(SlotName.HEAD, category.pk, 0, wanted.for_cards().first(), chosen)
    part = SlotGroup("Section lead", [slot])
    url = category.get_absolute_url()
    return PageLayout(f"Section {category.name}", url, articles, [part], category=category)


def _placed(rows: PlacementQuerySet) -> dict[tuple[str, int | None, int], Placement]:
    return {
        (row.slot, row.category_id, row.position): row
        for row in rows.select_related("article", "placed_by").defer("article__body")
    }


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


@job("reading.clear_expired_places", cron="* * * * *")
def clear_expired() -> int:
    """Deletes expired placements, which updates the cache version; returns how many."""
    count, _each = Placement.objects.filter(expires_at__lte=timezone.now()).delete()
    return count


def lock_placements() -> None:
    """Until the end of the transaction nobody else saves a page: two editors cannot fill the same slot."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE articles_placement IN SHARE ROW EXCLUSIVE MODE")


def _save(
    existing: PlacementQuerySet, choices: Iterable[SlotChoice], language: str, by: User | None
) -> None:
    with transaction.atomic():
        lock_placements()
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

"""Lays out a front page: lead, seconds, opinion, reports, and sections in patterns.

Slots without a choice of an editor are filled automatically; no article appears twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL

from articles.editorial.listings import newest_on_front, targets_of
from articles.editorial.models import Article, ArticleType, Category, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.popular.most_read import MAX_SHOWN as MOST_READ
from articles.public.front_page.models import Placement, SectionPattern
from iria.core.db.bulk import id_array
from iria.core.db.queries import Prepared

Pattern = SectionPattern.Pattern

SECONDS: Final = 4
OPINIONS: Final = 3
REPORTS: Final = 4
PLACES: Final = {Pattern.LEAD: 5, Pattern.ROW: 4, Pattern.PAIR: 3}
"""How many articles a section has in each pattern."""

SECTION_CARDS: Final = {
    Pattern.LEAD: (("major", ""), ("thumb", "")),
    Pattern.ROW: (("minor", ""), ("minor", "card small")),
    Pattern.PAIR: (("minor", "card small"), ("line", "")),
}
"""The rank and the use (`teaser_cards.card_of`) of the first card of a section, and of the others."""

TURNS: Final = (Pattern.LEAD, Pattern.ROW, Pattern.PAIR)
CHILDREN: Final = 6
"""Subcategories that are linked beside the name of a section."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What editors chose: the ids of articles by slot and position, and patterns by category."""

    lead: dict[int, int] = field(default_factory=dict)
    seconds: dict[int, int] = field(default_factory=dict)
    opinion: dict[int, int] = field(default_factory=dict)
    reports: dict[int, int] = field(default_factory=dict)
    sections: dict[int, dict[int, int]] = field(default_factory=dict)
    patterns: Mapping[int, str] | None = None
    """None: the saved ones."""
    all: set[int] = field(default_factory=set)

    def add(self, place: str, category: int | None, position: int, article: int) -> None:
        self.all.add(article)
        if place == Placement.Slot.LEAD:
            self.lead[position] = article
        elif place == Placement.Slot.SECOND:
            self.seconds[position] = article
        elif place == Placement.Slot.OPINION:
            self.opinion[position] = article
        elif place == Placement.Slot.REPORT:
            self.reports[position] = article
        elif category is not None:
            self.sections.setdefault(category, {})[position] = article


@dataclass(frozen=True, slots=True)
class SectionLayout:
    """A top-level category and the ids of the articles in its part of the page."""

    category: Category
    children: list[Category]
    pattern: str
    articles: list[int]


@dataclass(frozen=True, slots=True)
class Layout:
    """The ids of the articles in every part of the page."""

    head: list[int]
    """The lead, then the secondary articles."""
    opinion: list[int]
    most_read: list[int]
    reports: list[int]
    sections: list[SectionLayout]

    @property
    def all(self) -> set[int]:
        sections = (each.articles for each in self.sections)
        return set().union(self.head, self.opinion, self.most_read, self.reports, *sections)


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its articles, the first of which has an image if any has."""

    category: Category
    children: list[Category]
    pattern: str
    articles: list[Article]


@dataclass(frozen=True, slots=True)
class Block:
    """What stands side by side: one section, or two in the pattern of a pair."""

    pattern: str
    sections: list[Section]
    is_mirrored: bool = False

    def takes(self, section: Section) -> bool:
        """Whether the section completes it."""
        return self.pattern == section.pattern == Pattern.PAIR and len(self.sections) == 1


@dataclass(frozen=True, slots=True)
class FrontPage:
    lead: Article | None
    seconds: list[Article]
    opinion: list[Article]
    most_read: list[Article]
    reports: list[Article]
    sections: list[Section]

    @property
    def blocks(self) -> list[Block]:
        """The sections as blocks; every other one with a large card has it on the other side."""
        found: list[Block] = []
        leads = 0
        for section in self.sections:
            if found and found[-1].takes(section):
                found[-1].sections.append(section)
                continue
            leads += section.pattern == Pattern.LEAD
            is_mirrored = section.pattern == Pattern.LEAD and leads % 2 == 0
            found.append(Block(section.pattern, [section], is_mirrored))
        return found

    @property
    def offer_after(self) -> int:
        """After how many blocks the newsletter is offered: after three parts with the reports."""
        return min(len(self.blocks), 2 if self.reports else 3)


def _with_ids(ids: str) -> ArticleQuerySet:
    chosen = RawSQL("SELECT unnest(%s::bigint[])", [ids])
    return Article.objects.published().filter(pk__in=chosen).for_cards()


_cards = Prepared(_with_ids, [str])
"""Compiling it anew took a tenth of the time of a front page."""


def load_front_page(layout: Layout) -> FrontPage:
    """The front page with its articles: one query for all cards."""
    cards = {card.pk: card for card in _cards(id_array(layout.all))}

    def shown(article_ids: list[int]) -> list[Article]:
        return [cards[pk] for pk in article_ids if pk in cards]

    head = shown(layout.head)
    return FrontPage(
        lead=head[0] if head else None,
        seconds=head[1:],
        opinion=shown(layout.opinion),
        most_read=shown(layout.most_read),
        reports=shown(layout.reports),
        sections=[
            Section(each.category, each.children, each.pattern, shown(each.articles))
            for each in layout.sections
            if shown(each.articles)
        ],
    )


def build_layout(
    articles: ArticleQuerySet,
    code: str,
    codes: list[str],
    choices: Choices | None = None,
    popular: Iterable[int] = (),
) -> Layout:
    """Fills slots with the editors' choices first, then with the newest other articles.

    Five queries: choices in this language, categories with their patterns, types, the newest of all
    and of each category, and which of them have images. Each fetches more articles than needed, since earlier
    slots may use some of them.

    Args:
        articles: those that may appear on the page.
        code: its language.
        codes: the publication's languages, the first one first.
        choices: instead of the saved ones, for a preview.
        popular: the ids of the most-read articles, the first one first.
    """
    chosen = choices or saved_choices(articles, code)
    used = set(chosen.all)
    categories = _categories(code, "" if code == codes[0] else code)
    patterns = chosen.patterns
    if patterns is None:
        patterns = {each.pk: each.saved_pattern for each in categories if each.saved_pattern}  # type: ignore[attr-defined]
    sections = [each for each in categories if each.parent_id is None]
    opinions, reports, newest, *newest_of_each = _newest(sections, len(used), code, codes)

    places = 1 + SECONDS - len(chosen.lead) - len(chosen.seconds)
    opinion = _filled(chosen.opinion, _without(opinions, used), OPINIONS)
    if len(_without(newest, used.union(opinion))) < places:
        opinion = _filled(chosen.opinion, [], OPINIONS)
    rest = _without(newest, used.union(opinion))
    lead = _filled(chosen.lead, rest, 1)
    rest = _without(rest, set(lead))[:SECONDS]
    offered = chosen.all.union(rest, *newest_of_each)
    pictured = set(
        articles.filter(pk__in=offered, lead_image__isnull=False).values_list("pk", flat=True)
    )
    head = lead + _filled(chosen.seconds, _pictured_first(rest, pictured), SECONDS)
    used.update(head, opinion)
    row = _filled(chosen.reports, _without(reports, used), REPORTS)
    # A row with a hole is left out, unless an editor filled a part of it.
    row = row if len(row) == REPORTS or chosen.reports else []
    used.update(row)
    most_read = _without(popular, used)[:MOST_READ]
    used.update(most_read)

    turns = PatternTurns()
    parts = []
    for section, newest_here in zip(sections, newest_of_each, strict=True):
        free, fixed = _without(newest_here, used), chosen.sections.get(section.pk, {})
        here = [*fixed.values(), *free]
        pattern = turns.pattern_for(
            patterns.get(section.pk), len(here), has_images=not pictured.isdisjoint(here)
        )
        places = PLACES[Pattern(pattern)]
        shown = _filled(_within(fixed, places), _pictured_first(free, pictured), places)
        used.update(shown)
        children = [each for each in categories if each.parent_id == section.pk][:CHILDREN]
        parts.append(SectionLayout(section, children, pattern, shown))
    return Layout(head, opinion, most_read, row, parts)


class PatternTurns:
    """The patterns of one section after the other.

    By default they take turns. A section with few articles or without images becomes half of a pair,
    and so does the one after half a pair.
    """

    def __init__(self) -> None:
        self._turn = 0
        self._is_half = False

    def pattern_for(self, chosen: str | None, articles: int, *, has_images: bool) -> str:
        if not articles:
            return chosen or Pattern.PAIR
        if chosen:
            pattern: str = chosen
        elif self._is_half or articles <= PLACES[Pattern.PAIR] or not has_images:
            pattern = Pattern.PAIR
        else:
            pattern = TURNS[self._turn % len(TURNS)]
            self._turn += 1
        self._is_half = pattern == Pattern.PAIR and not self._is_half
        return pattern


def saved_choices(articles: ArticleQuerySet, language: str) -> Choices:
    """The editors' choices for the front page of a language that can be shown there."""
    found = Choices()
    rows = Placement.objects.in_force().on_front(language).filter(article__in=articles)
    for row in rows.values_list("slot", "category_id", "position", "article_id"):
        found.add(*row)
    return found


def _categories(code: str, language: str) -> list[Category]:
    """The top-level categories with their `saved_pattern`, and their children that have articles.

    Args:
        code: the language of the front page.
        language: that of the articles; empty for all.
    """
    used = targets_of(Scope.CATEGORY, language=language)
    is_child = Q(parent__isnull=False, parent__parent=None, pk__in=used)
    saved = SectionPattern.objects.filter(language=code, category=OuterRef("pk"))
    categories = Category.objects.filter(Q(parent=None) | is_child).in_order()
    return list(categories.annotate(saved_pattern=Subquery(saved.values("pattern")[:1])))


def _newest(sections: list[Category], chosen: int, code: str, codes: list[str]) -> list[list[int]]:
    """The newest opinions, reports, articles of all kinds and articles of each section."""
    # Of several types with the same template, the first.
    types = dict(ArticleType.objects.reverse().values_list("template", "pk"))
    headings = [
        (Scope.TYPE, types.get(ArticleType.Template.OPINION, 0)),
        (Scope.TYPE, types.get(ArticleType.Template.REPORT, 0)),
        (Scope.ALL, 0),
        *((Scope.CATEGORY, section.pk) for section in sections),
    ]
    each = 1 + SECONDS + OPINIONS + REPORTS + PLACES[Pattern.LEAD] + chosen
    return newest_on_front(headings, each, code, codes)


def _without(article_ids: Iterable[int], used: set[int]) -> list[int]:
    return [pk for pk in article_ids if pk not in used]


def _within(placement: dict[int, int], places: int) -> dict[int, int]:
    """Choices for places that the pattern lacks move to its last free places."""
    found = {position: pk for position, pk in placement.items() if position < places}
    moved = [placement[position] for position in sorted(placement) if position >= places]
    for position in reversed(range(places)):
        if moved and position not in found:
            found[position] = moved.pop()
    return found


def _pictured_first(article_ids: list[int], pictured: set[int]) -> list[int]:
    """The same, but the first one that has an image comes first."""
    first = next((pk for pk in article_ids if pk in pictured), None)
    return sorted(article_ids, key=lambda pk: pk != first)


def _filled(placement: dict[int, int], article_ids: list[int], places: int) -> list[int]:
    """The slots in order: the editor's choice, or the next article."""
    rest = iter(article_ids)
    chosen = [placement.get(position) or next(rest, None) for position in range(places)]
    return [pk for pk in chosen if pk is not None]

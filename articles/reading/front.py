"""The front page, composed by rule: the newest first, and no article twice."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, F, Func, OuterRef, Value

from articles.editorial.models import Article, ArticleCategory, Category
from articles.editorial.querysets import ArticleQuerySet

SECONDS = 4
IN_SECTION = 4


@dataclass(frozen=True, slots=True)
class Section:
    """A category at the top of the tree and the newest articles in or below it."""

    category: Category
    articles: list[Article]


@dataclass(frozen=True, slots=True)
class FrontPage:
    lead: Article | None
    seconds: list[Article]
    sections: list[Section]


def compose(articles: ArticleQuerySet) -> FrontPage:
    """The front page of these articles.

    Six queries, whatever their number: the newest, the newest of every section, and the cards of
    both at once. Each section is asked for as many more as the head of the page can take from it.
    """
    head = list(articles.newest().values_list("pk", flat=True)[: 1 + SECONDS])
    sections = list(_with_newest(articles, IN_SECTION + len(head)))
    taken = set(head)
    chosen = {section.pk: _take(section.newest, taken) for section in sections}  # type: ignore[attr-defined]
    cards = {card.pk: card for card in articles.filter(pk__in=taken).for_cards()}
    front = [cards[pk] for pk in head if pk in cards]
    return FrontPage(
        lead=front[0] if front else None,
        seconds=front[1:],
        sections=[
            Section(section, shown)
            for section in sections
            if (shown := [cards[pk] for pk in chosen[section.pk] if pk in cards])
        ],
    )


def _take(wished: Iterable[int], taken: set[int]) -> list[int]:
    free = [pk for pk in wished if pk not in taken][:IN_SECTION]
    taken.update(free)
    return free


def _with_newest(articles: ArticleQuerySet, each: int) -> Iterable[Category]:
    """The sections in their order, each with the numbers of its newest articles."""
    top = Func(
        F("category__path"), Value("/"), Value(1), function="split_part", output_field=CharField()
    )
    inside = ArticleCategory.objects.alias(top=top).filter(
        article=OuterRef("pk"), top=OuterRef(OuterRef("path"))
    )
    newest = articles.filter(Exists(inside)).newest().values("pk")[:each]
    return Category.objects.filter(parent=None).in_order().annotate(newest=ArraySubquery(newest))

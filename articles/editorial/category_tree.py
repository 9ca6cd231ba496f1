"""Where categories stand in their tree, and which an article is in."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet

from articles.editorial import article_urls, merging
from articles.editorial.hooks import KIND
from articles.editorial.merging import CannotMerge
from articles.editorial.models import Article, ArticleCategory, Category
from iria.publication import menus

PATH_LENGTH: Final = 400
"""Of a category's whole address."""


BELOW: Final = ("articles.Category.parent",)
"""Moves by the tree's own rules, since addresses follow from it."""


def save(category: Category) -> None:
    """Saves the category and gives it and everything below it its address and place.

    Raises:
        ValidationError: the category would stand under itself.
    """
    with transaction.atomic():
        _hold_the_tree()
        category.clean()
        before = Category.objects.filter(pk=category.pk).values_list("path", flat=True).first()
        category.path, category.sort_key = _place(category)
        category.save()
        if before and before != category.path:
            _leave_redirect(category, before)
        _place_children(category)


def choose(article: Article, categories: Iterable[Category]) -> None:
    """Puts the article into these categories, the first one as its primary.

    Choosing the same again changes nothing.
    """
    chosen = list(categories)
    with transaction.atomic():
        addresses = [category.get_absolute_url() for category in chosen]
        wanted = [
            category.pk
            for category in merging.still_there(chosen, addresses=addresses, kind="category")
        ]
        if list(article.article_categories.values_list("category", flat=True)) == wanted:
            return
        article.article_categories.all().delete()
        ArticleCategory.objects.bulk_create(
            ArticleCategory(article=article, category_id=pk, position=position)
            for position, pk in enumerate(wanted)
        )


def merge(categories: Iterable[Category], *, into: Category) -> None:
    """Makes one section of several: articles, what stands below and menus move, addresses lead there.

    Raises:
        CannotMerge: the one that stays stands under one that goes, two sections below have the same
            address, an address would be too long, or one of them is no longer there.
    """
    with transaction.atomic():
        _hold_the_tree()
        goes, stays = merging.hold(categories, into)
        refuse_unfitting(goes, stays)
        merging.lock_references(goes)
        merging.tell(merging.articles_of(goes, ArticleCategory, "category"))
        # The deepest first: what stands below one that goes may go too.
        for each in sorted(goes, key=lambda category: -category.depth):
            _merge_one(each, stays)


def hold_those_that_go(
    *, instance: Category, origin: "Category | QuerySet[Category]", **signal: Any
) -> None:
    """Before the first of the categories that are deleted together, so that nobody stands in a ring with us."""
    together = [instance]
    if isinstance(origin, QuerySet) and origin.model is Category:
        together = list(origin.order_by("pk").only("pk"))
        if not together or instance.pk != together[0].pk:
            return
    _hold_the_tree()
    held = Category.objects.select_for_update(of=("self",)).order_by("pk")
    merging.lock_references(list(held.filter(pk__in=[each.pk for each in together])))


def _merge_one(goes: Category, stays: Category) -> None:
    old_path, pk = f"/category/{goes.path}/", str(goes.pk)
    Category.objects.filter(parent=goes).update(parent=stays)
    _place_children(stays)
    merging.repoint([goes], stays, besides=BELOW)
    goes.delete()
    menus.replace_target(KIND, pk, str(stays.pk))
    article_urls.add_redirect(old_path, stays.get_absolute_url(), category=stays)


def refuse_unfitting(goes: Sequence[Category], stays: Category) -> None:
    """Looks whether what stands below can move.

    Raises:
        CannotMerge: it cannot; the sentence says why.
    """
    there = set(
        Category.objects.filter(parent=stays)
        .exclude(pk__in=_keys(goes))
        .values_list("slug", flat=True)
    )
    for each in goes:
        if stays.path.startswith(f"{each.path}/"):
            sentence = f"“{stays}” stands under “{each}”; move it out first, or let “{each}” stay."
            raise CannotMerge(sentence)
        for child in Category.objects.filter(parent=each).exclude(pk__in=_keys(goes)):
            if child.slug in there:
                sentence = (
                    f"“{child}” would stand twice below “{stays}”; merge or rename those first."
                )
                raise CannotMerge(sentence)
            there.add(child.slug)
            if longest_path(child, {"parent": stays, "slug": child.slug}):
                sentence = f"Below “{stays}”, the address of “{child}” would be too long."
                raise CannotMerge(sentence)


def _keys(categories: Sequence[Category]) -> list[int]:
    return [category.pk for category in categories]


def _hold_the_tree() -> None:
    """One tree is changed by one person at a time, or two moves could make a ring."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE articles_category IN SHARE ROW EXCLUSIVE MODE")


def longest_path(category: Category, values: dict[str, Any]) -> int | None:
    """The longest address that these values would make for the category or one below it.

    None where every address fits.
    """
    parent: Category | None = values.get("parent")
    path = f"{parent.path}/{values['slug']}" if parent else str(values["slug"])
    below = 0
    if category.pk is not None:
        before = Category.objects.get(pk=category.pk).path
        paths = Category.objects.filter(path__startswith=f"{before}/").values_list(
            "path", flat=True
        )
        below = max((len(each) - len(before) for each in paths), default=0)
    longest = len(path) + below
    return longest if longest > PATH_LENGTH else None


def _place(category: Category) -> tuple[str, str]:
    own = f"{category.position:05}.{category.slug}"
    parent = category.parent
    if parent is None:
        return category.slug, own
    return f"{parent.path}/{category.slug}", f"{parent.sort_key}/{own}"


def _place_children(parent: Category) -> None:
    for child in Category.objects.filter(parent=parent):
        before = child.path
        child.parent = parent
        child.path, child.sort_key = _place(child)
        child.save(update_fields=["path", "sort_key"])
        if before != child.path:
            _leave_redirect(child, before)
        _place_children(child)


def _leave_redirect(category: Category, old_path: str) -> None:
    path = f"/category/{old_path}/"
    article_urls.add_redirect(path, category.get_absolute_url(), category=category)

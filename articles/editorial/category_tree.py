"""The tree of categories: paths, moving, merging; and the categories of an article."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value

from accounts.models import User
from articles.editorial import article_urls, merging
from articles.editorial.hooks import KIND
from articles.editorial.merging import CannotMerge
from articles.editorial.models import Article, ArticleCategory, Category
from articles.editorial.models.taxonomy import Folded
from iria.core.text.slugs import free_slug
from iria.publication import menus

STEP: Final = " › "
"""Between the names of a category and its parents."""
PATH_LENGTH: Final = 400
"""Maximum length of a category's path."""


BELOW: Final = ("articles.Category.parent",)
"""Moved by rules of the tree, because paths depend on it."""


def save(category: Category) -> None:
    """Saves the category and updates path and sort key of it and all its descendants.

    Raises:
        ValidationError: the category would be below itself.
    """
    with transaction.atomic():
        _lock_tree()
        category.clean()
        before = Category.objects.filter(pk=category.pk).values_list("path", flat=True).first()
        category.path, category.sort_key = _place(category)
        category.save()
        if before and before != category.path:
            _add_redirect(category, before)
        _place_children(category)


def get_or_create(name: str) -> tuple[Category, bool]:
    """The category of this name, ignoring capitals and accents, and whether it was created at the top level.

    Raises:
        ValidationError: the name cannot be used.
    """
    with transaction.atomic():
        _lock_tree()
        named = Category.objects.in_order().annotate(folded=Folded(F("name")))
        if same := named.filter(folded=Folded(Value(name))).first():
            return same, False
        slugs = Category.objects.filter(parent=None).values_list("slug", flat=True)
        category = Category(
            name=name,
            slug=free_slug(name, fallback="category", taken={*slugs, *article_urls.RESERVED}),
        )
        category.full_clean(exclude=["path", "sort_key"])
        save(category)
    return category, True


def names_in_tree(categories: Iterable[Category]) -> dict[int, str]:
    """Id → names of the parents and of the category: “Asia-Pacific › Japan”.

    The categories are all of them, in the order of the tree.
    """
    names: dict[str, str] = {}
    found: dict[int, str] = {}
    for each in categories:
        above = names.get(each.path.rpartition("/")[0])
        found[each.pk] = names[each.path] = f"{above}{STEP}{each.name}" if above else each.name
    return found


def path_names(category: Category) -> str:
    return names_in_tree(Category.objects.in_order().only("name", "path"))[category.pk]


def set_categories(article: Article, categories: Iterable[Category]) -> None:
    """Sets the categories of the article; the first one is primary.

    The same categories change nothing.
    """
    set_all_categories({article: categories})


def set_all_categories(chosen: Mapping[Article, Iterable[Category]]) -> None:
    """`set_categories` for several articles."""
    merging.set_ordered(ArticleCategory, "category", chosen)


def merge(categories: Iterable[Category], *, into: Category, by: User | None = None) -> None:
    """Merges categories: articles, subcategories and menu entries move, old URLs redirect.

    Raises:
        CannotMerge: the category to keep is below another one, two subcategories have the same
            slug, a path would be too long, or one of the categories no longer exists.
    """
    with transaction.atomic():
        _lock_tree()
        sources, target = merging.lock_rows(categories, into)
        check_merge(sources, target)
        merging.lock_references(sources)
        merging.enqueue_changed(merging.articles_of(sources, ArticleCategory, "category"), by=by)
        # The deepest first: a subcategory may be merged too.
        for each in sorted(sources, key=lambda category: -category.depth):
            _merge_one(each, target)


def lock_before_delete(
    *, instance: Category, origin: "Category | QuerySet[Category]", **signal: Any
) -> None:
    """Locks the tree before the first of several categories is deleted, to prevent deadlocks."""
    together = [instance]
    if isinstance(origin, QuerySet) and origin.model is Category:
        together = list(origin.order_by("pk").only("pk"))
        if not together or instance.pk != together[0].pk:
            return
    _lock_tree()
    locked = Category.objects.select_for_update(of=("self",)).order_by("pk")
    merging.lock_references(list(locked.filter(pk__in=[each.pk for each in together])))


def _merge_one(sources: Category, target: Category) -> None:
    old_path, pk = f"/category/{sources.path}/", str(sources.pk)
    Category.objects.filter(parent=sources).update(parent=target)
    _place_children(target)
    merging.repoint([sources], target, besides=BELOW)
    sources.delete()
    menus.replace_target(KIND, pk, str(target.pk))
    article_urls.add_redirect(old_path, target.get_absolute_url(), category=target)


def check_merge(sources: Sequence[Category], target: Category) -> None:
    """Checks whether the subcategories can move.

    Raises:
        CannotMerge: they cannot; the message says why.
    """
    slugs = set(
        Category.objects.filter(parent=target)
        .exclude(pk__in=_keys(sources))
        .values_list("slug", flat=True)
    )
    for each in sources:
        if target.path.startswith(f"{each.path}/"):
            message = f"“{target}” is below “{each}”. Move it out first or keep “{each}”."
            raise CannotMerge(message)
        for child in Category.objects.filter(parent=each).exclude(pk__in=_keys(sources)):
            if child.slug in slugs:
                message = (
                    f"“{target}” would have two subcategories with the slug of “{child}”. Merge or "
                    "rename them first."
                )
                raise CannotMerge(message)
            slugs.add(child.slug)
            if longest_path(child, {"parent": target, "slug": child.slug}):
                message = f"The URL of “{child}” below “{target}” would be too long. Shorten its slug first."
                raise CannotMerge(message)


def _keys(categories: Sequence[Category]) -> list[int]:
    return [category.pk for category in categories]


def _lock_tree() -> None:
    """The tree is changed by one transaction at a time, or two moves could make a cycle."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE articles_category IN SHARE ROW EXCLUSIVE MODE")


def longest_path(category: Category, values: dict[str, Any]) -> int | None:
    """The length of the longest path that these values would make in this branch.

    None if every path fits.
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
            _add_redirect(child, before)
        _place_children(child)


def _add_redirect(category: Category, old_path: str) -> None:
    path = f"/category/{old_path}/"
    article_urls.add_redirect(path, category.get_absolute_url(), category=category)

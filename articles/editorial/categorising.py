"""Where categories stand in their tree, and which an article is in."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection, transaction

from articles.editorial import redirecting
from articles.editorial.models import Article, ArticleCategory, Category

PATH_LENGTH: Final = 400
"""Of a category's whole address."""


def save(category: Category) -> None:
    """Saves the category and gives it and everything below it its address and place.

    Raises:
        ValidationError: the category would stand under itself.
    """
    with transaction.atomic():
        # One tree is changed by one person at a time, or two moves could make a ring.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE articles_category IN SHARE ROW EXCLUSIVE MODE")
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
    wanted = [category.pk for category in categories]
    with transaction.atomic():
        if list(article.article_categories.values_list("category", flat=True)) == wanted:
            return
        article.article_categories.all().delete()
        ArticleCategory.objects.bulk_create(
            ArticleCategory(article=article, category_id=pk, position=position)
            for position, pk in enumerate(wanted)
        )


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
    redirecting.leave(path, category.get_absolute_url(), category=category)

"""Categories, tags, authors and series: created by name, merged, moved, and set on articles; old URLs redirect.

Tags belong to taggit and authors to `accounts`, which do not depend on articles. When one of them
gets another slug, a redirect is added here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Model, QuerySet, Value
from django.db.models.signals import pre_delete, pre_save
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial import article_urls, merging
from articles.editorial.hooks import KIND
from articles.editorial.merging import CannotMerge
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Category,
    Draft,
    Revision,
    Series,
    SeriesPart,
)
from articles.editorial.models.taxonomy import Folded, tag_ids_by_name
from iria.core.text.names import free_slug, slug_from
from iria.publication import menus

STEP: Final = " › "
"""Between the names of a category and its parents."""
MAX_PATH_LENGTH: Final = 400
"""Maximum length of a category's path."""


BELOW: Final = ("articles.Category.parent",)
"""Moved by rules of the tree, because paths depend on it."""


def save_category(category: Category) -> None:
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


def get_or_create_category(name: str) -> tuple[Category, bool]:
    """The category of this name, ignoring capitals and accents, and whether it was created at the top level.

    Raises:
        ValidationError: the name cannot be used.
    """
    with transaction.atomic():
        _lock_tree()
        if same := _find_by_name(name, Category.objects.in_order()):
            return same, False
        slugs = Category.objects.filter(parent=None).values_list("slug", flat=True)
        category = Category(
            name=name,
            slug=free_slug(name, fallback="category", taken={*slugs, *article_urls.RESERVED}),
        )
        category.full_clean(exclude=["path", "sort_key"])
        save_category(category)
    return category, True


def _find_by_name[M: Model](name: str, rows: "QuerySet[M]") -> M | None:
    """The first row of this name, ignoring capitals and accents."""
    return rows.annotate(folded=Folded(F("name"))).filter(folded=Folded(Value(name))).first()


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


def merge_categories(
    categories: Iterable[Category], *, into: Category, by: User | None = None
) -> None:
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


def _merge_one(source: Category, target: Category) -> None:
    old_path, pk = f"/category/{source.path}/", str(source.pk)
    Category.objects.filter(parent=source).update(parent=target)
    _place_children(target)
    merging.repoint([source], target, excluding=BELOW)
    source.delete()
    menus.replace_target(KIND, pk, str(target.pk))
    article_urls.add_redirect(old_path, target.get_absolute_url(), category=target)


def check_merge(sources: Sequence[Category], target: Category) -> None:
    """Checks whether the subcategories can move.

    Raises:
        CannotMerge: they cannot; the message says why.
    """
    remaining = Category.objects.exclude(pk__in=[each.pk for each in sources])
    slugs = set(remaining.filter(parent=target).values_list("slug", flat=True))
    for each in sources:
        if target.path.startswith(f"{each.path}/"):
            raise CannotMerge(f"“{target}” is below “{each}”. Move it out first or keep “{each}”.")
        for child in remaining.filter(parent=each):
            if child.slug in slugs:
                raise CannotMerge(
                    f"“{target}” would have two subcategories with the slug of “{child}”. Merge or "
                    "rename them first."
                )
            slugs.add(child.slug)
            if longest_path(child, {"parent": target, "slug": child.slug}):
                raise CannotMerge(
                    f"The URL of “{child}” below “{target}” would be too long. Shorten its slug first."
                )


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
    return longest if longest > MAX_PATH_LENGTH else None


def _place(category: Category) -> tuple[str, str]:
    key = f"{category.position:05}.{category.slug}"
    parent = category.parent
    if parent is None:
        return category.slug, key
    return f"{parent.path}/{category.slug}", f"{parent.sort_key}/{key}"


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


def merge_tags(tags: Iterable[Tag], *, into: Tag, by: User | None = None) -> None:
    """Replaces the tags by `into` everywhere; their URLs redirect to it.

    Raises:
        CannotMerge: one of them no longer exists; nothing was changed.
    """
    with transaction.atomic():
        sources, target = merging.lock_rows(tags, into)
        merging.enqueue_changed(merging.articles_of(sources, ArticleTag, "tag"), by=by)
        merging.repoint(sources, target)
        for tag in sources:
            old_path = tag_url(tag.slug)
            tag.delete()
            article_urls.add_redirect(old_path, tag_url(target.slug), tag=target)


def set_all_tags(chosen: Mapping[Article, Collection[Tag]]) -> None:
    """Sets the tags of articles, as `article.tags.set` does for one."""
    wanted = {article.pk: {tag.pk for tag in tags} for article, tags in chosen.items()}
    before: dict[int, set[int]] = {pk: set() for pk in wanted}
    superfluous: list[int] = []
    rows = ArticleTag.objects.filter(content_object__in=wanted)
    for pk, article_id, tag_id in rows.values_list("pk", "content_object_id", "tag_id"):
        before[article_id].add(tag_id)
        if tag_id not in wanted[article_id]:
            superfluous.append(pk)
    if superfluous:
        ArticleTag.objects.filter(pk__in=superfluous).delete()
    ArticleTag.objects.bulk_create(
        ArticleTag(content_object_id=pk, tag_id=tag_id)
        for pk, tag_ids in wanted.items()
        for tag_id in sorted(tag_ids - before[pk])
    )


def same_name(name: str, *, excluding: Tag) -> Tag | None:
    """Another tag with this name, ignoring capitals and accents."""
    pk = tag_ids_by_name([name]).get(name)
    return Tag.objects.filter(pk=pk).exclude(pk=excluding.pk).first()


def tag_url(slug: str) -> str:
    return f"/tag/{slug}/"


def usable_slug(tag: Tag) -> str:
    """The tag's slug, or another one if it cannot be used in a URL."""
    if tag.slug and tag.slug not in article_urls.RESERVED:
        return tag.slug
    base = f"{slug_from(tag.name, fallback='tag', length=80)}-tag" if tag.slug else "tag"
    slug, number = base, 2
    while Tag.objects.filter(slug=slug).exclude(pk=tag.pk).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


def set_authors(article: Article, authors: Iterable[AuthorProfile]) -> None:
    """Sets the authors of the article, in this order; the same authors change nothing."""
    set_all_authors({article: authors})


def set_all_authors(chosen: Mapping[Article, Iterable[AuthorProfile]]) -> None:
    """`set_authors` for several articles."""
    merging.set_ordered(Byline, "author", chosen)


def get_or_create_author(name: str, *, slug: str = "") -> tuple[AuthorProfile, bool]:
    """The author of this name, ignoring capitals and accents, and whether it was created.

    Args:
        slug: of a new one, if it is free; by default that of the name.

    Raises:
        ValidationError: the name cannot be used.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Or two requests at once would create two authors.
        cursor.execute("LOCK TABLE accounts_authorprofile IN SHARE ROW EXCLUSIVE MODE")
        if same := _find_by_name(name, AuthorProfile.objects.order_by("pk")):
            return same, False
        slugs = AuthorProfile.objects.values_list("slug", flat=True)
        author = AuthorProfile(
            name=name,
            slug=free_slug(slug or name, fallback="author", taken={*slugs, *article_urls.RESERVED}),
        )
        author.full_clean()
        author.save()
    return author, True


def merge_authors(
    authors: Iterable[AuthorProfile], *, into: AuthorProfile, by: User | None = None
) -> None:
    """Merges authors: `into` gets their articles and redirects from their URLs.

    It also gets what it lacks (an account, a portrait, a biography) and all their links.

    Raises:
        CannotMerge: two of them have different user accounts, or one no longer exists.
    """
    with transaction.atomic():
        sources, target = merging.lock_rows(authors, into)
        users = {each.user_id for each in (*sources, target) if each.user_id is not None}
        if len(users) > 1:
            raise CannotMerge(
                "Two of these authors have different user accounts. Remove the account from one of "
                "them first."
            )
        merging.enqueue_changed(merging.articles_of(sources, Byline, "author"), by=by)
        merging.repoint(sources, target)
        for each in sources:
            old_path = each.get_absolute_url()
            each.delete()
            article_urls.add_redirect(old_path, target.get_absolute_url(), author=target)
        target.user_id = users.pop() if users else None
        target.links = _merge_links(each.links for each in (target, *sources))
        for name in ("role", "biography"):
            texts = [getattr(each, name) for each in (target, *sources) if getattr(each, name)]
            setattr(target, name, texts[0] if texts else "")
        target.save()


def _merge_links(links: Iterable[list[dict[str, str]]]) -> list[dict[str, str]]:
    """Every URL once, with its first label."""
    found: dict[str, dict[str, str]] = {}
    for link in chain.from_iterable(links):
        found.setdefault(link["address"].rstrip("/"), link)
    return list(found.values())


def get_or_create_series(name: str) -> tuple[Series, bool]:
    """The series of this name, ignoring capitals and accents, and whether it was created.

    Raises:
        ValidationError: the name cannot be used.
    """
    if same := _find_by_name(name, Series.objects.order_by("pk")):
        return same, False
    Series(name=name).full_clean()
    return Series.objects.get_or_create(name=name)


Places = dict[int, int | None]
"""Article → its position."""


def places_in(series: Series) -> Places:
    return dict(series.parts.values_list("article", "position"))


def record_parts(series: Series, before: Places, *, by: User | None) -> None:
    """Records what readers see now in the revisions of the articles whose place changed.

    Waiting changes of these articles get the same place, or publishing them would undo it.
    """
    after = places_in(series)
    changed = {
        pk
        for pk in {*before, *after}
        if (pk in before) != (pk in after) or before.get(pk) != after.get(pk)
    }
    _change_drafts(changed)
    existing = Article.objects.filter(pk__in=changed).values_list("pk", flat=True)
    merging.enqueue_changed(list(existing), by=by)


def _change_drafts(articles: Collection[int]) -> None:
    parts = {
        part.article_id: part
        for part in SeriesPart.objects.filter(article__in=articles).select_related("series")
    }
    draft_revisions = Revision.objects.filter(
        pk__in=Draft.objects.filter(article__in=articles).values("revision"),
        details__isnull=False,
    )
    for revision in draft_revisions.select_for_update().order_by("pk"):
        part = parts.get(revision.article_id)
        revision.details = {
            **(revision.details or {}),
            "series": [{"id": part.series_id, "name": part.series.name}] if part else [],
            "series_position": part.position if part else None,
        }
        revision.save(update_fields=["details"])


def register() -> None:
    pre_save.connect(_tag_is_saved, sender=Tag, dispatch_uid="editorial.tag")
    pre_save.connect(_author_is_saved, sender=AuthorProfile, dispatch_uid="editorial.author")
    pre_delete.connect(lock_before_delete, sender=Category, dispatch_uid="editorial.category")


def _tag_is_saved(instance: Tag, raw: bool = False, **signal: Any) -> None:
    if raw:
        return
    instance.slug = usable_slug(instance)
    before = _before(Tag, instance)
    if before is None:
        return
    if before.slug != instance.slug:
        old, new = tag_url(before.slug), tag_url(instance.slug)
        article_urls.add_redirect(old, new, tag=instance)
    if before.name != instance.name:
        # The search index contains tag names.
        merging.enqueue_changed(merging.articles_of([instance], ArticleTag, "tag"), by=None)


def _author_is_saved(instance: AuthorProfile, raw: bool = False, **signal: Any) -> None:
    before = None if raw else _before(AuthorProfile, instance)
    if before is not None and before.slug != instance.slug:
        old = f"/author/{before.slug}/"
        article_urls.add_redirect(old, instance.get_absolute_url(), author=instance)


def _before(model: Any, instance: Any) -> Any:
    """The row as it is in the database; None for a new one."""
    return None if instance._state.adding else model.objects.filter(pk=instance.pk).first()

"""The related rows of an article that belong to its revisions, as data: read, shown and written.

They are its categories, authors, tags, place in a series, picks for “Read next”, and a translation.
"""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import CharField, F, QuerySet, Value
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import bylines, category_tree
from articles.editorial.aggregated_rows import replace_rows
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Category,
    RelatedPick,
    Series,
    SeriesPart,
)

BLANK: Final[dict[str, Any]] = {
    "categories": [],
    "authors": [],
    "tags": [],
    "series": [],
    "series_position": None,
    "picks": [],
    "translation_of": None,
}

TRANSLATIONS: Final = "translations"
"""In the query of related rows: the articles of a text, under the id of their group."""

MODELS: Final[dict[str, Any]] = {
    "categories": Category,
    "authors": AuthorProfile,
    "series": Series,
}
"""Lists of `{"id": …, "name": …}`, and what they name."""


def content_of(article: Article) -> dict[str, Any]:
    """What the rows hold, in one query."""
    return contents_of([article])[article.pk]


def contents_of(articles: Collection[Article]) -> dict[int, dict[str, Any]]:
    """By the id of the article: what the rows of each hold, in one query."""
    ids = [article.pk for article in articles]
    found: dict[int, dict[str, list[tuple[int | None, int, str]]]] = {
        pk: {name: [] for name in (*MODELS, "tags", "picks")} for pk in ids
    }
    queries = [
        _rows("categories", ArticleCategory, ids, "category", "category__name"),
        _rows("authors", Byline, ids, "author", "author__name"),
        _rows("series", SeriesPart, ids, "series", "series__name"),
        _rows("picks", RelatedPick, ids, "picked", Value("")),
        _rows("tags", ArticleTag, ids, "tag", "tag__name", of="content_object"),
    ]
    groups = {article.pk: article.translation_group_id for article in articles}
    queries.append(_translations({group for group in groups.values() if group}))
    texts: dict[int, list[tuple[str, int]]] = {}
    for of, kind, key, name, position, _pk in sorted(
        queries[0].union(*queries[1:], all=True).order_by(),
        key=lambda row: (row[1], row[4] is None, row[4] or 0, row[5]),
    ):
        if kind == TRANSLATIONS:
            texts.setdefault(of, []).append((name, key))
        else:
            found[of][kind].append((position, key, name))
    contents = {pk: _content(rows) for pk, rows in found.items()}
    for pk, content in contents.items():
        # The one whose language comes first.
        others = (each for _, each in sorted(texts.get(groups[pk] or 0, [])) if each != pk)
        content["translation_of"] = next(others, None)
    return contents


def _content(found: dict[str, list[tuple[int | None, int, str]]]) -> dict[str, Any]:
    content: dict[str, Any] = {
        each: [{"id": key, "name": name} for _, key, name in found[each]] for each in MODELS
    }
    content["tags"] = sorted(name for *_, name in found["tags"])
    content["picks"] = [key for _, key, _ in found["picks"]]
    content["series_position"] = next((position for position, *_ in found["series"]), None)
    return content


def _rows(
    kind: str, model: type[Any], ids: list[int], key: str, name: Any, of: str = "article"
) -> "QuerySet[Any, tuple[Any, ...]]":
    position = Value(0) if kind == "tags" else F("position")
    rows = model._default_manager.filter(**{f"{of}__in": ids})
    annotated = rows.order_by().annotate(
        row_kind=Value(kind, CharField()),
        row_name=F(name) if isinstance(name, str) else name,
        row_position=position,
    )
    found: QuerySet[Any, tuple[Any, ...]] = annotated.values_list(
        of, "row_kind", key, "row_name", "row_position", "pk"
    )
    return found


def _translations(groups: Collection[int]) -> "QuerySet[Any, tuple[Any, ...]]":
    rows = Article.objects.not_in_trash().filter(translation_group__in=groups).order_by()
    annotated = rows.annotate(
        row_kind=Value(TRANSLATIONS, CharField()),
        row_key=F("pk"),
        row_name=F("language"),
        row_position=Value(0),
    )
    found: QuerySet[Any, tuple[Any, ...]] = annotated.values_list(
        "translation_group", "row_kind", "row_key", "row_name", "row_position", "pk"
    )
    return found


def show(article: Article, content: dict[str, Any]) -> None:
    """Sets them on an article that was fetched with `for_page()`, without saving."""
    categories = existing("categories", content)
    authors = existing("authors", content)
    sections = [ArticleCategory(article=article, category=each) for each in categories]
    replace_rows(article, "article_categories", ArticleCategory, sections)
    signed = [Byline(article=article, author=each) for each in authors]
    replace_rows(article, "bylines", Byline, signed)
    replace_rows(article, "tags", Tag, list(Tag.objects.filter(name__in=content["tags"])))
    if "picks" in content:
        picks = [RelatedPick(article=article, picked_id=pk) for pk in content["picks"]]
        replace_rows(article, "related_picks", RelatedPick, picks)
    if "series" in content:
        part = None
        for series in existing("series", content):
            part = SeriesPart(article=article, series=series, position=content["series_position"])
        article._state.fields_cache["series_part"] = part


def write(article: Article, content: dict[str, Any], before: dict[str, Any]) -> None:
    """Writes those that differ from the former content; rows that no longer exist are skipped."""
    if content["categories"] != before.get("categories"):
        category_tree.set_categories(article, existing("categories", content))
    if content["authors"] != before.get("authors"):
        bylines.set_authors(article, existing("authors", content))
    if content["tags"] != before.get("tags"):
        article.tags.set(content["tags"])
    if any(content[name] != before.get(name) for name in ("series", "series_position")):
        _set_series(article, content)
    if content["picks"] != before.get("picks"):
        _set_picks(article, content["picks"])


def existing(kind: str, content: dict[str, Any]) -> list[Any]:
    """The rows of one of `MODELS` that still exist, in their order."""
    chosen = content.get(kind, [])
    found = MODELS[kind].objects.in_bulk([each["id"] for each in chosen])
    return [found[each["id"]] for each in chosen if each["id"] in found]


def _set_series(article: Article, content: dict[str, Any]) -> None:
    chosen = [each["id"] for each in content["series"]]
    # Locked, so that nobody deletes it before the commit.
    series = Series.objects.select_for_update(no_key=True).filter(pk__in=chosen).first()
    if series is None:
        SeriesPart.objects.filter(article=article).delete()
        return
    SeriesPart.objects.update_or_create(
        article=article, defaults={"series": series, "position": content["series_position"]}
    )


def _set_picks(article: Article, picks: list[int]) -> None:
    known = set(Article.objects.filter(pk__in=picks).values_list("pk", flat=True))
    RelatedPick.objects.filter(article=article).delete()
    RelatedPick.objects.bulk_create(
        RelatedPick(article=article, picked_id=pk, position=position)
        for position, pk in enumerate(dict.fromkeys(picks))
        if pk in known and pk != article.pk
    )

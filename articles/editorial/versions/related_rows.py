"""The related rows of an article: read, shown and written.

Its categories, authors, tags, place in a series, picks for “Read next” and translation belong to its
revisions, as data. Its figures and attachments are derived from its text, lead image and social image.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final

from django.db.models import CharField, F, QuerySet, Value
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body.blocks.files import file_ids_in
from articles.body.blocks.images import figures_in
from articles.editorial import taxonomy
from articles.editorial.aggregated_rows import replace_rows
from articles.editorial.checklist import NotReady, blockers_of_new_images
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Attachment,
    Byline,
    Category,
    Figure,
    RelatedPick,
    Series,
    SeriesPart,
)
from articles.files.hooks import blockers
from articles.files.models import File
from articles.images import usage_check
from articles.images.models import Image

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
        taxonomy.set_categories(article, existing("categories", content))
    if content["authors"] != before.get("authors"):
        taxonomy.set_authors(article, existing("authors", content))
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


FIGURE_FIELDS: Final = (
    *("place", "position", "caption", "width", "gallery"),
    *("alt_text", "is_decorative"),
)
"""Fields of a figure that may change while its row stays."""

POSITION_OFFSET: Final = 16_000
"""Larger than every position in a text, and within the range of the column."""


def record_figures(*articles: Article) -> None:
    """Updates the figure rows of articles from their texts and lead images, one row for each use.

    The row of an existing use is kept, wherever it moved in the text: PostgreSQL checks the credit
    of new rows only.

    Raises:
        NotReady: see `save`.
    """
    rows_of = {article.pk: list(figures_of(article)) for article in articles}
    for article in articles:
        others = [row.image_id for row in rows_of[article.pk] if row.place != Figure.Place.LEAD]
        if found := blockers_of_new_images(article, article.lead_image_id, others):
            raise NotReady(found)
    shown = {row.image_id for rows in rows_of.values() for row in rows}
    known = set(Image.objects.filter(pk__in=shown).values_list("pk", flat=True))
    existing: dict[tuple[int, int], list[Figure]] = {}
    for row in Figure.objects.filter(article__in=articles).order_by("-position"):
        existing.setdefault((row.article_id, row.image_id), []).append(row)
    new, changed = [], []
    for row in (row for rows in rows_of.values() for row in rows if row.image_id in known):
        before = existing.get((row.article_id, row.image_id))
        if not before:
            new.append(row)
            continue
        kept = before.pop()
        if any(getattr(kept, name) != getattr(row, name) for name in FIGURE_FIELDS):
            row.pk = kept.pk
            changed.append(row)
    deleted_ids = [row.pk for rest in existing.values() for row in rest]
    if new:
        usage_check.lock(known)
    _write(new, changed, deleted_ids)


def _write(new: list[Figure], changed: list[Figure], deleted_ids: list[int]) -> None:
    if deleted_ids:
        Figure.objects.filter(pk__in=deleted_ids).delete()
    if changed:
        # Move them away first: positions are unique at every moment.
        moving = Figure.objects.filter(pk__in=[row.pk for row in changed])
        moving.update(position=F("position") + POSITION_OFFSET)
        Figure.objects.bulk_update(changed, FIGURE_FIELDS)
    if new:
        Figure.objects.bulk_create(new)


def figures_of(article: Article) -> Iterator[Figure]:
    """What the text, the lead image and the social image say, without the database."""
    if article.lead_image_id is not None:
        yield Figure(
            article=article,
            image_id=article.lead_image_id,
            place=Figure.Place.LEAD,
            position=0,
            caption=article.lead_caption,
            alt_text=article.lead_alt.strip(),
            is_decorative=article.lead_decorative,
        )
    position = 0
    for position, use in enumerate(figures_in(article.body), start=1):
        yield Figure(
            article=article,
            image_id=use.image_id,
            place=Figure.Place.INLINE,
            position=position,
            caption=use.caption,
            width=use.width,
            gallery=use.gallery,
            alt_text=use.alt_text,
            is_decorative=use.is_decorative,
        )
    if article.social_image_id is not None:
        yield Figure(
            article=article,
            image_id=article.social_image_id,
            place=Figure.Place.SOCIAL,
            position=position + 1,
        )


def record_attachments(*articles: Article) -> None:
    """Updates the rows of articles from their texts, one for each file.

    Raises:
        NotReady: an article is published and would get a file that readers may not have.
    """
    before: dict[int, set[int]] = {article.pk: set() for article in articles}
    rows = Attachment.objects.filter(article__in=articles)
    for article_id, file_id in rows.values_list("article_id", "file_id"):
        before[article_id].add(file_id)
    wanted = {article.pk: file_ids_in(article.body) for article in articles}
    added = set().union(*(wanted[pk] - before[pk] for pk in wanted))
    files = {file.pk: file for file in _locked(added)} if added else {}
    created: list[Attachment] = []
    for article in articles:
        new = [files[pk] for pk in sorted(wanted[article.pk] - before[article.pk]) if pk in files]
        if article.is_published and (found := blockers(new)):
            raise NotReady(found)
        if gone := before[article.pk] - wanted[article.pk]:
            article.attachments.filter(file__in=gone).delete()
        created += [Attachment(article=article, file=file) for file in new]
    Attachment.objects.bulk_create(created)


def _locked(numbers: set[int]) -> list[File]:
    """The files with these ids; nobody deletes them before the commit."""
    rows = File.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=numbers).order_by("pk"))


def attachments_of(article: Article) -> list[Attachment]:
    """What the text says, for a text that is not saved."""
    files = File.objects.filter(pk__in=file_ids_in(article.body))
    return [Attachment(article=article, file=file) for file in files]

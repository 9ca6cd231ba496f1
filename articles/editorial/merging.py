"""Functions for merging tags, categories and authors.

Every foreign key to a merged row is pointed to the row that is kept, in all packages: the keys are
read from the models, and lists of ids are registered (`hooks.id_list_references`). Duplicates that would arise
(an article with both tags) are dropped; the better position is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from django.db import connection, transaction
from django.db.models import (
    Exists,
    ForeignObjectRel,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    UniqueConstraint,
)

from accounts.models import User
from articles.editorial.models import Article, Draft, Redirect, Revision
from iria.core import hooks
from iria.core.jobs import enqueue

ARTICLES_PER_JOB: Final = 500
"""Articles for which one job sends the `changed` signal."""


class CannotMerge(Exception):
    """Nothing was merged; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Moves:
    """How many rows of one kind a merge would move."""

    kind: tuple[str, str]
    """Singular and plural name for editors."""
    count: int
    both: int
    """How many of these refer to the kept row as well."""

    def __str__(self) -> str:
        return f"{self.count} {self.kind[self.count != 1]}"


def lock_rows[M: Model](sources: Iterable[M], kept_row: M) -> tuple[list[M], M]:
    """The current rows, locked until the end of the transaction.

    Raises:
        CannotMerge: one of them no longer exists, or there is nothing to merge.
    """
    merged_ids = {each.pk for each in sources if each.pk != kept_row.pk}
    if not merged_ids:
        raise CannotMerge("Choose at least two, and which one to keep.")
    rows = type(kept_row)._default_manager.select_for_update(of=("self",))
    # In the same order everywhere, so that two concurrent merges cannot deadlock.
    found = {row.pk: row for row in rows.filter(pk__in=merged_ids | {kept_row.pk}).order_by("pk")}
    if len(found) != len(merged_ids) + 1:
        raise CannotMerge(
            "One of them was merged or deleted in the meantime. Check the list again."
        )
    kept = found.pop(kept_row.pk)
    return list(found.values()), kept


def references_to(model: type[Model], *, excluding: Sequence[str] = ()) -> list[ForeignObjectRel]:
    """Every foreign key in any package that points at the model."""
    return [
        each
        for each in model._meta.get_fields(include_hidden=True)
        if isinstance(each, ForeignObjectRel)
        and (each.one_to_many or each.one_to_one)
        and not each.related_model._meta.proxy
        and f"{each.related_model._meta.label}.{each.field.name}" not in excluding
    ]


def preview(
    sources: Sequence[Model], kept_row: Model, *, excluding: Sequence[str] = ()
) -> list[Moves]:
    """What a merge would move."""
    found = []
    for relation in references_to(type(kept_row), excluding=excluding):
        rows = _rows(relation).filter(**{f"{relation.field.name}__in": sources})
        count = rows.count()
        if count:
            duplicates = _duplicates(relation, rows, kept_row)
            both = 0 if duplicates is None else duplicates.count()
            found.append(Moves(_kind_of(relation), count, both))
    for reference in _id_list_references(type(kept_row)):
        count, both = reference.count([each.pk for each in sources], kept_row.pk)
        if count:
            found.append(Moves(reference.verbose_names, count, both))
    return found


def repoint(sources: Sequence[Model], kept_row: Model, *, excluding: Sequence[str] = ()) -> None:
    """Points everything that refers to the merged rows to the kept row."""
    for relation in references_to(type(kept_row), excluding=excluding):
        name = relation.field.name
        for each in sources:
            rows = _rows(relation).filter(**{name: each})
            duplicates = _duplicates(relation, rows, kept_row)
            if duplicates is not None:
                _keep_better_position(relation, duplicates, kept_row)
                duplicates.delete()
            rows.update(**{name: kept_row})
    for reference in _id_list_references(type(kept_row)):
        for each in sources:
            reference.repoint(each.pk, kept_row.pk)
    _repoint_drafts(sources, kept_row)


CONTENT_LISTS: Final = {"articles.Category": "categories", "accounts.AuthorProfile": "authors"}


def _repoint_drafts(sources: Sequence[Model], kept_row: Model) -> None:
    """Changes of published articles that are not published yet name rows in JSON."""
    revisions = Revision.objects.filter(pk__in=Draft.objects.values("revision"))
    merged = {each.pk: str(each) for each in sources}
    key = CONTENT_LISTS.get(kept_row._meta.label, "tags")
    for revision in revisions.filter(details__isnull=False).select_for_update().order_by("pk"):
        details: dict[str, Any] = revision.details or {}
        before = details[key]
        if key == "tags":
            kept_name = str(kept_row)
            after = [kept_name if name in merged.values() else name for name in before]
            after = sorted(set(after))
        else:
            kept = {"id": kept_row.pk, "name": str(kept_row)}
            renamed = [kept if each["id"] in merged else each for each in before]
            after = list({each["id"]: each for each in renamed}.values())
        if after != before:
            details[key] = after
            revision.save(update_fields=["details"])


def lock_references(sources: Sequence[Model]) -> None:
    """Locks all rows with lists of these ids, in one order, before the first of them changes.

    Changed one after the other, rows that list two of the ids would be locked in two orders, which
    could deadlock with another transaction.
    """
    for reference in _id_list_references(type(sources[0])) if sources else []:
        reference.lock([each.pk for each in sources])


def articles_of(sources: Sequence[Model], through: type[Model], name: str) -> list[int]:
    """The articles that a merge changes."""
    field = "content_object" if name == "tag" else "article"
    changed = through._default_manager.filter(**{f"{name}__in": sources}).values(field)
    return list(Article.objects.filter(pk__in=changed).values_list("pk", flat=True))


def enqueue_changed(article_ids: list[int], *, by: User | None) -> None:
    """After the commit, jobs record a revision of these articles, and send the `changed` signal."""
    user_id = by.pk if by is not None else None
    for first in range(0, len(article_ids), ARTICLES_PER_JOB):
        chunk = article_ids[first : first + ARTICLES_PER_JOB]
        send = partial(enqueue, "editorial.send_changed", article_ids=chunk, user_id=user_id)
        transaction.on_commit(send)


def lock_existing[M: Model](rows: Sequence[M], *, urls: Sequence[str], kind: str) -> list[M]:
    """The rows, locked against deletion; rows merged in the meantime are replaced by the kept row.

    A category may be merged while a form that names it is being sent. Its redirect shows which
    category replaced it; rows without one are left out.
    """
    current = successors(rows, urls=urls, kind=kind)
    found: dict[int, M] = {}
    for row in rows:
        if successor := current.get(row.pk):
            found.setdefault(successor.pk, successor)
    return list(found.values())


def set_ordered(model: type[Any], kind: str, chosen: Mapping[Article, Iterable[Any]]) -> None:
    """Sets the categories or authors of articles, in their order; the same ones change nothing.

    They are locked or replaced as in `lock_existing`.

    Args:
        model: the model that links them to articles, with a `position`.
        kind: its foreign key to the categories or authors.
    """
    lists = {article.pk: list(rows) for article, rows in chosen.items()}
    rows_by_id = {row.pk: row for rows in lists.values() for row in rows}
    key = f"{kind}_id"
    with transaction.atomic():
        urls = [row.get_absolute_url() for row in rows_by_id.values()]
        current = successors(rows_by_id.values(), urls=urls, kind=kind)
        before: dict[int, list[int]] = {pk: [] for pk in lists}
        rows = model._default_manager.filter(article__in=lists).order_by("position", "pk")
        for article_id, row_id in rows.values_list("article_id", key):
            before[article_id].append(row_id)
        after = {
            pk: list(dict.fromkeys(current[row.pk].pk for row in rows if row.pk in current))
            for pk, rows in lists.items()
        }
        changed = [pk for pk in lists if after[pk] != before[pk]]
        if any(before[pk] for pk in changed):
            model._default_manager.filter(article__in=changed).delete()
        model._default_manager.bulk_create(
            model(article_id=pk, position=position, **{key: row_id})
            for pk in changed
            for position, row_id in enumerate(after[pk])
        )


def successors[M: Model](rows: Iterable[M], *, urls: Iterable[str], kind: str) -> dict[int, M]:
    """The rows as in `lock_existing`, by the original id of each.

    Call it once for all rows of a transaction: locked in one order, that of a merge, they cannot
    deadlock.
    """
    current: dict[int, tuple[M, str]] = {
        row.pk: (row, url) for row, url in zip(rows, urls, strict=True)
    }
    # A successor may be merged at this moment too, so it is locked, or followed again.
    while deleted := _deleted_ids([row for row, _ in current.values()]):
        followed = {
            pk: _successor(url, kind) if row.pk in deleted else (row, url)
            for pk, (row, url) in current.items()
        }
        current = {pk: successor for pk, successor in followed.items() if successor is not None}
    return {pk: row for pk, (row, _) in current.items()}


def _deleted_ids(rows: Sequence[Model]) -> set[int]:
    """The ids that no longer exist. If there are none, all rows stay locked; otherwise none."""
    if not rows:
        return set()
    keys = {row.pk for row in rows}
    savepoint = transaction.savepoint_create() if len(keys) > 1 else None
    quoted = connection.ops.quote_name(type(rows[0])._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {quoted} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",  # noqa: S608
            [sorted(keys)],
        )
        deleted = keys - {pk for (pk,) in cursor.fetchall()}
    if savepoint:
        (transaction.savepoint_rollback if deleted else transaction.savepoint_commit)(savepoint)
    return deleted


def _successor(url: str, kind: str) -> Any:
    """The target of a redirect, with its URL."""
    paths = {url, unquote(url)}
    redirect = Redirect.objects.filter(old_path__in=paths).select_related(kind).first()
    target = getattr(redirect, kind) if redirect else None
    return target and (target, target.get_absolute_url())


def _rows(relation: ForeignObjectRel) -> QuerySet[Any]:
    model: Any = relation.related_model
    rows: QuerySet[Any] = model._base_manager.all()
    return rows


def _duplicates(
    relation: ForeignObjectRel, rows: QuerySet[Any], kept_row: Model
) -> QuerySet[Any] | None:
    """The rows that the kept row has too; None if there can be none."""
    name = relation.field.name
    sets = _unique_with(relation)
    if not sets:
        return None
    found = rows.none()
    for other_fields in sets:
        same = _rows(relation).filter(
            **{name: kept_row}, **{each: OuterRef(each) for each in other_fields}
        )
        found = found | rows.filter(Exists(same))
    return found


def _unique_with(relation: ForeignObjectRel) -> list[list[str]]:
    """The sets of other fields that are unique together with the foreign key."""
    meta: Any = relation.related_model._meta
    name = relation.field.name
    sets = [list(each.fields) for each in meta.constraints if isinstance(each, UniqueConstraint)]
    sets += [list(each) for each in meta.unique_together]
    found = [[each for each in fields if each != name] for fields in sets if name in fields]
    return [[], *found] if relation.one_to_one else found


def _keep_better_position(
    relation: ForeignObjectRel, duplicates: QuerySet[Any], kept_row: Model
) -> None:
    """An article's primary category stays primary, as the kept row."""
    model: Any = relation.related_model
    fields = {each.name for each in model._meta.concrete_fields}
    other_fields = _unique_with(relation)[0]
    if "position" in fields and other_fields:
        same = duplicates.filter(**{each: OuterRef(each) for each in other_fields})
        better = Subquery(same.order_by("position").values("position")[:1])
        kept = _rows(relation).filter(**{relation.field.name: kept_row}, position__gt=better)
        kept.update(position=better)


def _id_list_references(model: type[Model]) -> list[hooks.IdListReference]:
    return [each for each in hooks.id_list_references if each.model == model._meta.label]


def _kind_of(relation: ForeignObjectRel) -> tuple[str, str]:
    """Singular and plural name for editors."""
    meta: Any = relation.related_model._meta
    return KIND_NAMES.get(meta.label) or (str(meta.verbose_name), str(meta.verbose_name_plural))


ARTICLES: Final = ("article", "articles")
KIND_NAMES: Final = {
    "articles.ArticleTag": ARTICLES,
    "articles.ArticleCategory": ARTICLES,
    "articles.Byline": ARTICLES,
    "articles.Redirect": ("redirect", "redirects"),
}

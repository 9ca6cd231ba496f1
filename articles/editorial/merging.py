"""Making one of several: what every merge of tags, categories or authors has in common.

Whatever points at a thing that goes is turned to the one that stays, in every room that has a
foreign key to it, without this room knowing which: the keys are asked from the models, and what
names it by number says so itself (`id_list_references`). What would stand twice (an article with both
tags) stands once, at the better place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

from articles.editorial import tasks
from articles.editorial.models import Article, Redirect
from iria.core import hooks

TOLD_AT_ONCE: Final = 500
"""Articles whose change one job tells."""


class CannotMerge(Exception):
    """Nothing was merged; the message is one sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What a merge would move, of one kind."""

    kind: tuple[str, str]
    """What editors call one of them, and several."""
    count: int
    both: int
    """Of these, how many have the one that stays already."""

    def __str__(self) -> str:
        return f"{self.count} {self.kind[self.count != 1]}"


def hold[M: Model](goes: Iterable[M], stays: M) -> tuple[list[M], M]:
    """The rows as they are now, held until the end of the transaction.

    Raises:
        CannotMerge: one of them is no longer there, or there is nothing to merge.
    """
    wanted = {each.pk for each in goes if each.pk != stays.pk}
    if not wanted:
        sentence = "Choose at least two, and which of them stays."
        raise CannotMerge(sentence)
    rows = type(stays)._default_manager.select_for_update(of=("self",))
    # In one order everywhere, so that two merges at once wait for each other and never in a ring.
    found = {row.pk: row for row in rows.filter(pk__in=wanted | {stays.pk}).order_by("pk")}
    if len(found) != len(wanted) + 1:
        sentence = "One of them was merged or deleted in the meantime; look at the list again."
        raise CannotMerge(sentence)
    kept = found.pop(stays.pk)
    return list(found.values()), kept


def references_to(model: type[Model], *, besides: Sequence[str] = ()) -> list[ForeignObjectRel]:
    """Every foreign key of any room that points at the model."""
    return [
        each
        for each in model._meta.get_fields(include_hidden=True)
        if isinstance(each, ForeignObjectRel)
        and (each.one_to_many or each.one_to_one)
        and not each.related_model._meta.proxy
        and f"{each.related_model._meta.label}.{each.field.name}" not in besides
    ]


def preview(goes: Sequence[Model], stays: Model, *, besides: Sequence[str] = ()) -> list[Moves]:
    """What a merge would move, for somebody who has not decided yet."""
    found = []
    for relation in references_to(type(stays), besides=besides):
        rows = _rows(relation).filter(**{f"{relation.field.name}__in": goes})
        count = rows.count()
        if count:
            twice = _standing_twice(relation, rows, stays)
            both = 0 if twice is None else twice.count()
            found.append(Moves(_spoken(relation), count, both))
    for naming in _namings(type(stays)):
        count, both = naming.count([each.pk for each in goes], stays.pk)
        if count:
            found.append(Moves(naming.verbose_names, count, both))
    return found


def repoint(goes: Sequence[Model], stays: Model, *, besides: Sequence[str] = ()) -> None:
    """Turns whatever points at those that go to the one that stays."""
    for relation in references_to(type(stays), besides=besides):
        name = relation.field.name
        for each in goes:
            rows = _rows(relation).filter(**{name: each})
            twice = _standing_twice(relation, rows, stays)
            if twice is not None:
                _give_the_better_place(relation, twice, stays)
                twice.delete()
            rows.update(**{name: stays})
    for naming in _namings(type(stays)):
        for each in goes:
            naming.repoint(each.pk, stays.pk)


def lock_references(goes: Sequence[Model]) -> None:
    """Locks whatever names one of several by number, all in one order, before the first of them changes.

    Turned or taken out one after the other, rows that name two would be locked in two orders, and
    somebody else who changes the same rows would stand in a ring with us.
    """
    for naming in _namings(type(goes[0])) if goes else []:
        naming.lock([each.pk for each in goes])


def articles_of(goes: Sequence[Model], through: type[Model], name: str) -> list[int]:
    """The published articles that a merge changes."""
    field = "content_object" if name == "tag" else "article"
    touched = through._default_manager.filter(**{f"{name}__in": goes}).values(field)
    return list(Article.objects.published().filter(pk__in=touched).values_list("pk", flat=True))


def tell(article_ids: list[int]) -> None:
    """After the commit: the worker tells whoever listens that these articles changed."""
    for first in range(0, len(article_ids), TOLD_AT_ONCE):
        some = article_ids[first : first + TOLD_AT_ONCE]
        transaction.on_commit(lambda some=some: tasks.tell_changed.defer(article_ids=some))  # type: ignore[misc]


def still_there[M: Model](rows: Sequence[M], *, addresses: Sequence[str], kind: str) -> list[M]:
    """The rows, each held against being deleted; what was merged meanwhile becomes its successor.

    Somebody may merge a category while a form that names it is on its way. The old address says
    what became of it; what leads nowhere any more is left out.
    """
    became = successors(rows, addresses=addresses, kind=kind)
    found: dict[int, M] = {}
    for row in rows:
        if there := became.get(row.pk):
            found.setdefault(there.pk, there)
    return list(found.values())


def successors[M: Model](rows: Iterable[M], *, addresses: Iterable[str], kind: str) -> dict[int, M]:
    """The same, by the number that each row had.

    Who needs several kinds of them in one transaction asks once: held in one order, the order of a
    merge, nobody waits for anybody in a ring.
    """
    now: dict[int, tuple[M, str]] = {
        row.pk: (row, address) for row, address in zip(rows, addresses, strict=True)
    }
    # What a row became may itself become another at this moment, so it is held too, or followed.
    while lost := _lost([row for row, _ in now.values()]):
        followed = {
            pk: _successor(address, kind) if row.pk in lost else (row, address)
            for pk, (row, address) in now.items()
        }
        now = {pk: there for pk, there in followed.items() if there is not None}
    return {pk: row for pk, (row, _) in now.items()}


def _lost(rows: Sequence[Model]) -> set[int]:
    """Which are gone. Where none is, all are held until the transaction ends; else none is."""
    if not rows:
        return set()
    keys = {row.pk for row in rows}
    mark = transaction.savepoint_create() if len(keys) > 1 else None
    quoted = connection.ops.quote_name(type(rows[0])._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {quoted} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",  # noqa: S608
            [sorted(keys)],
        )
        lost = keys - {pk for (pk,) in cursor.fetchall()}
    if mark:
        (transaction.savepoint_rollback if lost else transaction.savepoint_commit)(mark)
    return lost


def _successor(address: str, kind: str) -> Any:
    """What an old address leads to, with its own."""
    both = {address, unquote(address)}
    moved = Redirect.objects.filter(old_path__in=both).select_related(kind).first()
    there = getattr(moved, kind) if moved else None
    return there and (there, there.get_absolute_url())


def _rows(relation: ForeignObjectRel) -> QuerySet[Any]:
    model: Any = relation.related_model
    rows: QuerySet[Any] = model._base_manager.all()
    return rows


def _standing_twice(
    relation: ForeignObjectRel, rows: QuerySet[Any], stays: Model
) -> QuerySet[Any] | None:
    """Those rows whose like points at the one that stays already; None where there can be none."""
    name = relation.field.name
    sets = _unique_with(relation)
    if not sets:
        return None
    found = rows.none()
    for others in sets:
        like = _rows(relation).filter(**{name: stays}, **{each: OuterRef(each) for each in others})
        found = found | rows.filter(Exists(like))
    return found


def _unique_with(relation: ForeignObjectRel) -> list[list[str]]:
    """The sets of other fields that may stand only once beside the foreign key."""
    meta: Any = relation.related_model._meta
    name = relation.field.name
    sets = [list(each.fields) for each in meta.constraints if isinstance(each, UniqueConstraint)]
    sets += [list(each) for each in meta.unique_together]
    found = [[each for each in fields if each != name] for fields in sets if name in fields]
    return [[], *found] if relation.one_to_one else found


def _give_the_better_place(relation: ForeignObjectRel, twice: QuerySet[Any], stays: Model) -> None:
    """An article's first category stays its first, under the name of the one that stays."""
    model: Any = relation.related_model
    fields = {each.name for each in model._meta.concrete_fields}
    others = _unique_with(relation)[0]
    if "position" in fields and others:
        like = twice.filter(**{each: OuterRef(each) for each in others})
        better = Subquery(like.order_by("position").values("position")[:1])
        standing = _rows(relation).filter(**{relation.field.name: stays}, position__gt=better)
        standing.update(position=better)


def _namings(model: type[Model]) -> list[hooks.IdListReference]:
    return [each for each in hooks.id_list_references if each.model == model._meta.label]


def _spoken(relation: ForeignObjectRel) -> tuple[str, str]:
    """The kind of thing that moves, as editors call it."""
    meta: Any = relation.related_model._meta
    return SPOKEN.get(meta.label) or (str(meta.verbose_name), str(meta.verbose_name_plural))


ARTICLES: Final = ("article", "articles")
SPOKEN: Final = {
    "articles.ArticleTag": ARTICLES,
    "articles.ArticleCategory": ARTICLES,
    "articles.Byline": ARTICLES,
    "articles.Redirect": ("old address that leads here", "old addresses that lead here"),
}

"""Related rows of an article, fetched as JSON in the article's own query.

`prefetch_related` needs a query for each relation, which takes longer in Django than in PostgreSQL.
Here the rows come in a column of the article's query and fill the prefetch cache:
`article.bylines.all()` needs no query.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db import models
from django.db.models import FETCH_RAISE
from django.db.models.expressions import RawSQL

COLUMN: Final = "gathered_rows"
BESIDE: Final = {"article_categories": "category", "bylines": "author"}


@dataclass(frozen=True)
class Owned:
    """A row with a one-to-one key to the related row, and a relation of its own.

    Args:
        model: the model of the row.
        owner: its one-to-one field.
        accessor: the reverse name of that field.
        beside: its own relation that is fetched, and which fields of it.
    """

    model: type[models.Model]
    owner: str
    accessor: str
    beside: tuple[str, tuple[str, ...]]

    @cached_property
    def fields(self) -> "list[models.Field[Any, Any]]":
        return _fields(self.model, ())

    @cached_property
    def _beside_model(self) -> Any:
        return self.model._meta.get_field(self.beside[0]).related_model

    @cached_property
    def beside_fields(self) -> "list[models.Field[Any, Any]]":
        return _fields(self._beside_model, self.beside[1])

    @cached_property
    def columns(self) -> list[str]:
        columns = [f"owned.{field.column}" for field in self.fields]
        return columns + [f"owned_beside.{field.column}" for field in self.beside_fields]

    @cached_property
    def tables(self) -> str:
        owner = self.model._meta.get_field(self.owner).column  # type: ignore[union-attr]
        beside = self.model._meta.get_field(self.beside[0]).column  # type: ignore[union-attr]
        return (
            f" LEFT JOIN {self.model._meta.db_table} AS owned ON owned.{owner} = beside.id"
            f" LEFT JOIN {self._beside_model._meta.db_table} AS owned_beside"
            f" ON owned_beside.id = owned.{beside}"
        )

    def lay(self, owner: models.Model, values: Sequence[Any]) -> None:
        """Sets the row, or that there is none, in the owner's cache."""
        if values[0] is None:
            owner._state.fields_cache[self.accessor] = None
            return
        row = _row(self.model, self.fields, values[: len(self.fields)])
        beside = _row(self._beside_model, self.beside_fields, values[len(self.fields) :])
        row._state.fields_cache[self.beside[0]] = beside
        row._state.fields_cache[self.owner] = owner
        owner._state.fields_cache[self.accessor] = row


@dataclass(frozen=True)
class Rows:
    """The rows of one relation of an article.

    Args:
        relation: the accessor on the article.
        model: the model of the rows.
        only: the fields that are fetched; accessing another raises an error.
        through: a model between the article and the rows, its column for the article, and its
            column for a row; the rows then come in the order of the model between.
        beside: a relation of the rows that is fetched too, and which fields of it.
        owned: a one-to-one row of that relation.
        order: SQL, with `own` for the rows' table and `between` for the one between.
    """

    relation: str
    model: type[models.Model]
    only: tuple[str, ...] = ()
    through: tuple[type[models.Model], str, str] | None = None
    beside: tuple[str, tuple[str, ...]] | None = None
    owned: Owned | None = None
    order: str = "own.position, own.id"

    @cached_property
    def fields(self) -> "list[models.Field[Any, Any]]":
        return _fields(self.model, self.only)

    @cached_property
    def beside_fields(self) -> "list[models.Field[Any, Any]]":
        return _fields(self._beside_model, self.beside[1]) if self.beside else []

    @cached_property
    def beside_names(self) -> list[str]:
        return [field.name for field in self.beside_fields]

    @cached_property
    def _beside_model(self) -> Any:
        return self.model._meta.get_field(self.beside[0]).related_model if self.beside else None

    @cached_property
    def sql(self) -> str:
        """A query for the rows of `articles_article.id` as one JSON value."""
        columns = [f"own.{field.column}" for field in self.fields]
        columns += [f"beside.{field.column}" for field in self.beside_fields]
        tables = f"{self.model._meta.db_table} AS own"
        belongs = "own.article_id"
        if self.through:
            between, article, row = self.through
            tables += f" JOIN {between._meta.db_table} AS between ON between.{row} = own.id"
            belongs = f"between.{article}"
        if self.beside:
            column = self.model._meta.get_field(self.beside[0]).column  # type: ignore[union-attr]
            tables += (
                f" JOIN {self._beside_model._meta.db_table} AS beside ON beside.id = own.{column}"
            )
        if self.owned:
            columns += self.owned.columns
            tables += self.owned.tables
        return (
            f"SELECT json_agg(json_build_array({', '.join(columns)}) ORDER BY {self.order})"  # noqa: S608
            f" FROM {tables} WHERE {belongs} = articles_article.id"
        )

    def read(self, article: models.Model, found: Iterable[Sequence[Any]]) -> list[models.Model]:
        """The rows as models, with the article and the related row in their caches."""
        split = len(self.fields)
        rows = []
        for values in found:
            row = _row(self.model, self.fields, values[:split])
            if self.through is None:
                row._state.fields_cache["article"] = article
            if self.beside:
                end = split + len(self.beside_fields)
                beside = _row(self._beside_model, self.beside_fields, values[split:end])
                row._state.fields_cache[self.beside[0]] = beside
                if self.owned:
                    self.owned.lay(beside, values[end:])
            rows.append(row)
        return rows


def column_of(gathered: Sequence[Rows]) -> RawSQL:
    """The column with these rows, for `annotate(**{COLUMN: …})`."""
    parts = ", ".join(f"({rows.sql})" for rows in gathered)
    sql = f"SELECT json_build_array({parts})::text"
    return RawSQL(sql, [], output_field=models.TextField())  # noqa: S611 - names of our own


class PrefetchedRows(dict[str, Any]):
    """The prefetch cache of an article; rows become models when they are accessed."""

    def __init__(self, article: models.Model, gathered: Sequence[Rows]) -> None:
        super().__init__(article.__dict__.get("_prefetched_objects_cache", ()))
        self.article = article
        found = json.loads(article.__dict__.pop(COLUMN))
        self.values_of = {
            rows.relation: values or () for rows, values in zip(gathered, found, strict=True)
        }
        self.rows = {rows.relation: rows for rows in gathered}

    def __missing__(self, relation: str) -> Any:
        rows = self.rows[relation]
        known: Any = rows.model._default_manager.get_queryset()
        known._result_cache = rows.read(self.article, self.values_of[relation])
        known._prefetch_done = True
        self[relation] = known
        return known


def fill_prefetch_cache(articles: Iterable[models.Model], gathered: Sequence[Rows]) -> None:
    """Puts the rows into the prefetch cache."""
    for article in articles:
        article.__dict__["_prefetched_objects_cache"] = PrefetchedRows(article, gathered)


def related_values(article: models.Model, relation: str, *names: str) -> list[tuple[Any, ...]]:
    """These fields of the related rows, without creating models for two hundred rows.

    Args:
        names: fields of the related row, such as a byline's author.
    """
    laid = article.__dict__.get("_prefetched_objects_cache")
    rows = laid.rows.get(relation) if isinstance(laid, PrefetchedRows) else None
    if rows is None or not isinstance(laid, PrefetchedRows):
        beside = BESIDE[relation]
        found = [getattr(row, beside) for row in getattr(article, relation).all()]
        return [tuple(getattr(each, name) for name in names) for each in found]
    places = [len(rows.fields) + rows.beside_names.index(name) for name in names]
    return [tuple(values[place] for place in places) for values in laid.values_of[relation]]


def _fields(model: type[models.Model], only: tuple[str, ...]) -> "list[models.Field[Any, Any]]":
    return [
        field for field in model._meta.concrete_fields if not only or field.name in {"id", *only}
    ]


def _row(
    model: type[models.Model], fields: "list[models.Field[Any, Any]]", values: Sequence[Any]
) -> models.Model:
    names = [field.attname for field in fields]
    read = [
        field.to_python(value) if isinstance(field, models.DateField) else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db("default", names, read, fetch_mode=FETCH_RAISE)

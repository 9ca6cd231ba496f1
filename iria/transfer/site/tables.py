"""A kind of an export as SQL, as a JSON Schema, and as rows to insert.

PostgreSQL writes the JSON of a row and reads it again, so that every value survives as it is.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.functions import Concat

from iria.transfer.site.kinds import KINDS, MOVED, NOT_EXPORTED, Kind

Row = dict[str, Any]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

NAMES: Final = {
    "contenttypes.ContentType": (
        "(SELECT app_label || '.' || model FROM django_content_type c WHERE c.id = t.{column})"
    ),
    "auth.Permission": (
        "(SELECT c.app_label || '.' || c.model || '.' || p.codename FROM auth_permission p"
        " JOIN django_content_type c ON c.id = p.content_type_id WHERE p.id = t.{column})"
    ),
}
"""What `migrate` creates has other ids in another database, so a name stands for it."""

TYPES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "BooleanField": ("boolean", {}),
    "FloatField": ("number", {}),
    "DecimalField": ("number", {}),
    "DateTimeField": ("string", {"format": "date-time"}),
    "DateField": ("string", {"format": "date"}),
    "TimeField": ("string", {"format": "time"}),
    "UUIDField": ("string", {"format": "uuid"}),
    "BinaryField": ("string", {"contentEncoding": "base64"}),
}
"""Internal type → JSON type and further keywords; numbers and strings are told by their Python type."""

MOMENTS: Final[dict[str, Callable[[str], object]]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
}

SECRET_NAMES: Final = ("password", "token", "secret")
"""How columns are named that nobody else may know."""

PYTHON: Final = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "null": (type(None),),
}


class Invalid(Exception):
    """A row that does not follow the schema of its kind."""


@dataclass(frozen=True)
class Column:
    name: str
    """The key in JSON."""
    field: Any

    @cached_property
    def type(self) -> str:
        """The JSON type; empty if any is allowed."""
        internal = _internal_type(self.field)
        if isinstance(self.field, models.JSONField):
            return ""
        if isinstance(self.field, ArrayField):
            return "array"
        if self.named or internal in TYPES:
            return TYPES[internal][0] if not self.named else "string"
        return "integer" if internal.endswith(("IntegerField", "AutoField")) else "string"

    @property
    def named(self) -> str:
        """The SQL of the name that stands for the id; empty if the id is exported."""
        return NAMES.get(_label(self.field.related_model), "") if self.field.related_model else ""

    @property
    def is_file(self) -> bool:
        return isinstance(self.field, models.FileField)

    def is_sensitive(self, kind: Kind) -> bool:
        """Whether it may hold what must not leave the site, as far as its field tells."""
        if self.name.endswith(SECRET_NAMES):
            return True
        names_people = self.field.related_model is get_user_model() or isinstance(
            self.field, models.EmailField | models.GenericIPAddressField
        )
        return names_people and not kind.only_personal

    def sql(self) -> str:
        column = connection.ops.quote_name(self.field.column)
        if self.named:
            return self.named.format(column=column)
        if isinstance(self.field, models.BinaryField):
            return rf"translate(encode(t.{column}, 'base64'), E'\n', '')"
        return f"t.{column}"

    def schema(self) -> dict[str, Any]:
        described: dict[str, Any] = {}
        if self.type:
            described["type"] = [self.type, "null"] if self.field.null else self.type
            described |= TYPES.get(_internal_type(self.field), ("", {}))[1]
        if self.type == "string" and self.field.max_length and not self.named:
            described["maxLength"] = self.field.max_length
        if self.field.related_model:
            label = _label(self.field.related_model)
            name = next((each.name for each in KINDS if each.model == label), label)
            described["$comment"] = f"Refers to {name}."
        return described

    def check(self, value: Any) -> None:
        if (value is None and self.field.null) or not self.type:
            return
        # A boolean is an integer in Python.
        right = isinstance(value, PYTHON[self.type]) and (
            self.type == "boolean" or not isinstance(value, bool)
        )
        if not right:
            raise Invalid(f"“{self.name}” must be of the type {self.type}.")
        if parse := MOMENTS.get(_internal_type(self.field)):
            try:
                parse(value)
            except ValueError:  # PostgreSQL would understand “yesterday”.
                raise Invalid(f"“{self.name}” is no date or time.") from None

    def default(self) -> Any:
        """The value of a row without this column."""
        if self.name == "password":
            return make_password(None)
        if self.field.has_default():
            return self.field.get_default()
        if self.field.null:
            return None
        return self.field.db_default if self.field.has_db_default() else self.field.get_default()


class Table:
    """A kind with its model."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.model: Any = apps.get_model(kind.model)
        fields = {
            str(each.column): Column(str(each.column), each)
            for each in self.model._meta.local_concrete_fields
            if not getattr(each, "generated", False)
        }
        self.personal = [fields[each] for each in kind.personal.split()]
        self.never = [fields[each] for each in kind.never.split()]
        apart = [*self.personal, *self.never]
        self.public = [fields[each] for each in kind.columns.split()] or [
            each for each in fields.values() if each not in apart
        ]
        self.undecided = [
            each
            for each in fields.values()
            if each not in (*apart, *self.public)
            or (each in self.public and not kind.columns and each.is_sensitive(kind))
        ]
        self.key = self.model._meta.pk.column
        self.name = connection.ops.quote_name(self.model._meta.db_table)

    def columns(self, *, personal_data: bool) -> list[Column]:
        return [*self.public, *(self.personal if personal_data else [])]

    def select(self, *, personal_data: bool) -> str:
        """One JSON object a row, in the order of the primary key."""
        quote = connection.ops.quote_name
        values = {} if personal_data else self.kind.public_values
        chosen = ", ".join(
            f"{values.get(each.name) or each.sql()} AS {quote(each.name)}"
            for each in self.columns(personal_data=personal_data)
        )
        rows = (
            "" if personal_data or not self.kind.public_rows else f"WHERE {self.kind.public_rows}"
        )
        return f"SELECT row_to_json(r) FROM (SELECT {chosen} FROM {self.name} t {rows} ORDER BY t.{quote(self.key)}) r"  # noqa: S608

    def schema(self) -> dict[str, Any]:
        """Columns that are personal are in an export with personal data only, and not required."""
        return {
            "$schema": DRAFT,
            "title": self.kind.name,
            "description": " ".join((self.model.__doc__ or "").partition("\n\n")[0].split()),
            "type": "object",
            "properties": {each.name: each.schema() for each in self.columns(personal_data=True)},
            "required": [each.name for each in self.public],
            "additionalProperties": False,
        }

    def insert(self, *, or_keep: bool = False) -> str:
        """Inserts the rows of the temporary table `import_lines`; columns without a value have their default.

        Args:
            or_keep: keep a row that exists already; otherwise it is an error.
        """
        quote = connection.ops.quote_name
        columns = [*self.public, *self.personal, *self.never]
        names = ", ".join(quote(each.name) for each in columns)
        values = ", ".join(
            f"decode(line->>'{each.name}', 'base64')"
            if isinstance(each.field, models.BinaryField)
            else f"r.{quote(each.name)}"
            for each in columns
        )
        # A binary column would read base64 as text.
        binary = "".join(
            f" - '{each.name}'" for each in columns if isinstance(each.field, models.BinaryField)
        )
        return (
            f"INSERT INTO {self.name} ({names}) SELECT {values} FROM import_lines,"  # noqa: S608
            f" jsonb_populate_record(NULL::{self.name}, line{binary}) r ORDER BY number"
            f"{' ON CONFLICT DO NOTHING' if or_keep else ''}"
        )

    def reader(self, described: Collection[str]) -> Callable[[str], str]:
        """A line of an export → the JSON of the row to insert.

        Args:
            described: the columns that the release had that made the export; later ones get their default.

        Raises:
            Invalid: it does not follow the schema.
        """
        known = {each.name: each for each in self.columns(personal_data=True)}
        required = {each.name for each in self.public if each.name in described}
        filled = [*known.values(), *self.never]
        named = {each.name: _ids(each) for each in known.values() if each.named}

        def read(line: str) -> str:
            row = _object(line)
            for name, value in row.items():
                if name not in known:
                    raise Invalid(
                        f"This release knows no column “{name[:60]}” of {self.kind.name}."
                    )
                known[name].check(value)
            if missing := required - row.keys():
                raise Invalid(f"“{min(missing)}” is missing.")
            added: Row = {each.name: each.default() for each in filled if each.name not in row}
            for name, ids in named.items():
                if (value := row.get(name)) is not None:
                    if (present := _present_name(value)) not in ids:
                        raise Invalid(f"This release does not know “{value[:120]}”.")
                    added[name] = ids[present]
            return json.dumps(row | added) if added else line

        return read


def tables() -> list[Table]:
    """All kinds, in the order of an import."""
    return [Table(each) for each in KINDS]


def undecided() -> list[str]:
    """Models and columns of the project about which `kinds` must decide; empty if all is well."""
    known = {*NOT_EXPORTED, *(kind.model for kind in KINDS)}
    models = (each for each in apps.get_models(include_auto_created=True) if not each._meta.proxy)
    return [label for model in models if (label := _label(model)) not in known] + [
        f"{table.kind.model}.{column.name}" for table in tables() for column in table.undecided
    ]


def _object(line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise Invalid("This is not a JSON object.")
    return row


def _present_name(name: str) -> str:
    """The name of a model or of a permission, which an earlier release may have written."""
    model = ".".join(name.split(".")[:2])
    return MOVED.get(model, model) + name[len(model) :]


def _ids(column: Column) -> dict[str, int]:
    """Name → id of what `migrate` created here."""
    rows: Any
    if column.field.related_model is ContentType:
        rows = ContentType.objects.values_list(
            Concat("app_label", models.Value("."), "model"), "pk"
        )
    else:
        rows = Permission.objects.values_list(
            Concat(
                "content_type__app_label",
                models.Value("."),
                "content_type__model",
                models.Value("."),
                "codename",
            ),
            "pk",
        )
    return dict(rows)


def _internal_type(field: Any) -> str:
    return str((field.target_field if field.related_model else field).get_internal_type())


def _label(model: Any) -> str:
    return str(model._meta.label)

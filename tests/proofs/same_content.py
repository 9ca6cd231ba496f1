"""Compares two exports of databases with the same history.

Rows are compared without their ids, and by the content of the rows that they refer to; their order does not count.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from iria.transfer.site.kinds import KINDS
from iria.transfer.site.tables import Table, tables

SOURCE_TIMES: Final = frozenset(
    {("articles", "published_at"), ("articles", "updated_at"), ("comments", "created_at")}
)
"""Other times are those of the import, so only their presence is compared."""
LEFT_OUT: Final = {
    # A killed run is a run of its own.
    "import_runs": "",
    # An article that was written twice has the form of the second time.
    "articles": "form_id",
    "imported_items": "created_in_id",
}
"""Kind → column; the whole kind if it is empty."""
RENAMED: Final = {"article": "articles", "page": "pages", "category": "categories"}
IN_TEXT: Final = re.compile(
    r"internal:(?P<kind>\w+)/(?P<id>\d+)|(?P<image>data-image)=\\?\"(?P<of>\d+)"
)
TOKEN: Final = re.compile(r"<<(\w+)/(\d+)>>")
IN_DETAILS: Final = {"categories": "categories", "authors": "authors", "series": "series"}
MAX_ROUNDS: Final = 12
MAX_NAMED: Final = 3


def differences(one: Path, other: Path) -> list[str]:
    """Rows and texts in only one of them, at most some of each kind."""
    found = []
    first, second = _rows(one), _rows(other)
    for kind in sorted(first.keys() | second.keys()):
        for sign, rows in (("-", first[kind] - second[kind]), ("+", second[kind] - first[kind])):
            found += [f"{sign} {kind} {row}" for row in [*rows.elements()][:MAX_NAMED]]
    for sign, files in (("-", _texts(one) - _texts(other)), ("+", _texts(other) - _texts(one))):
        found += [f"{sign} {each}" for each in sorted(files)[:MAX_NAMED]]
    return found


def _rows(export: Path) -> dict[str, Counter[str]]:
    """Kind → its rows, with the content of what they refer to as a digest."""
    labels = {each.model.lower(): each.name for each in KINDS}
    found: dict[tuple[str, int], str] = {}
    names = []
    for table in tables():
        file = export / "data" / f"{table.kind.name}.jsonl"
        if LEFT_OUT.get(table.kind.name) == "" or not file.exists():
            continue
        names.append(table.kind.name)
        for line in file.read_text().splitlines():
            row = json.loads(line)
            found[table.kind.name, row[table.key]] = _content(table, row, labels)
    digests: dict[tuple[str, int], str] = {}
    for _ in range(MAX_ROUNDS):
        before = len({*digests.values()})
        digests = {key: _digest(_resolved(text, digests)) for key, text in found.items()}
        if len({*digests.values()}) == before:
            break
    rows: dict[str, Counter[str]] = {name: Counter() for name in names}
    for (kind, _id), text in found.items():
        rows[kind][_resolved(text, digests)] += 1
    return rows


def _content(table: Table, row: dict[str, Any], labels: dict[str, str]) -> str:
    """The row as text, in which `<<kind/id>>` stands for another one."""
    kind = table.kind.name
    fields = {each.name: each.field for each in table.columns(personal_data=True)}
    content: dict[str, Any] = {}
    for name, value in row.items():
        field = fields[name]
        related = field.related_model and labels.get(field.related_model._meta.label.lower())
        if name == LEFT_OUT.get(kind) or (name == table.key and not related):
            continue
        if name.endswith("_at") and (kind, name) not in SOURCE_TIMES:
            content[name] = value is not None
        elif related and value is not None:
            content[name] = f"<<{related}/{value}>>"
        elif name == "object_id" and value is not None:
            content[name] = f"<<{labels.get(row['content_type_id'], '')}/{value}>>"
        elif name == "target_id":
            content[name] = f"<<{RENAMED.get(row['target_kind'], row['target_kind'])}/{value}>>"
        elif name == "details" and isinstance(value, dict):
            content[name] = dict(_details(value))
        else:
            content[name] = value
    return IN_TEXT.sub(_token, json.dumps(content, ensure_ascii=False, sort_keys=True))


def _details(details: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Of a revision."""
    for name, value in details.items():
        if name in IN_DETAILS:
            yield name, [f"<<{name}/{each['id']}>> {each['name']}" for each in value]
        elif name == "picks":
            yield name, [f"<<articles/{each}>>" for each in value]
        elif name == "translation_of":
            yield name, value and f"<<articles/{value}>>"
        elif name.endswith("image_id"):
            yield name, value and f"<<images/{value}>>"
        else:
            yield name, value


def _token(found: re.Match[str]) -> str:
    if found["image"]:
        return f"<<images/{found['of']}>>"
    return f"<<{RENAMED.get(found['kind'], found['kind'])}/{found['id']}>>"


def _resolved(text: str, digests: dict[tuple[str, int], str]) -> str:
    return TOKEN.sub(lambda found: digests.get((found[1], int(found[2])), found[1]), text)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _texts(export: Path) -> set[str]:
    """The articles as HTML and Markdown, whose names have the ids."""
    return {
        f"{re.sub(r'/[0-9]{10}-', '/', str(file.relative_to(export)))} {_digest(file.read_text())}"
        for file in (export / "articles").rglob("*.*")
    }

"""Writes Ghost exports for tests, in the form of version 5 and 6, and reads those of the shared data."""

import json
from pathlib import Path
from typing import Any

from iria.transfer.ghost.tables import TABLES
from tests.shared import PROJECT

Row = dict[str, Any]
REFUSED = {"export__broken.json"}


def write(folder: Path, **tables: list[Any]) -> Path:
    file = folder / "export.json"
    data = {"posts": [], **tables}
    meta = {"exported_on": 1735689600000, "version": "6.0.0"}
    file.write_text(json.dumps({"db": [{"meta": meta, "data": data}]}, indent=1), encoding="utf-8")
    return file


def post(post_id: str = "a1", **fields: Any) -> Row:
    return {
        "id": post_id,
        "title": "Two cranes",
        "slug": f"post-{post_id}",
        "type": "post",
        "status": "published",
        "visibility": "public",
        "lexical": lexical(paragraph(text("Hello."))),
        "published_at": "2024-02-29T10:00:00.000Z",
        **fields,
    }


def lexical(*children: Row) -> str:
    return json.dumps({"root": {"type": "root", "children": list(children)}})


def paragraph(*children: Row, **fields: Any) -> Row:
    return {"type": "paragraph", "children": list(children), **fields}


def text(content: str, format_: int = 0) -> Row:
    return {"type": "extended-text", "text": content, "format": format_}


def mobiledoc(
    *sections: list[Any],
    cards: tuple[Any, ...] = (),
    atoms: tuple[Any, ...] = (),
    markups: tuple[Any, ...] = (),
) -> str:
    return json.dumps(
        {
            "version": "0.3.1",
            "atoms": atoms,
            "cards": cards,
            "markups": markups,
            "sections": sections,
        }
    )


def names() -> list[str]:
    folders = [parent / "shared" / "data" / "ghost" / "fixtures" for parent in PROJECT.parents]
    found = [each.name for folder in folders if folder.is_dir() for each in folder.glob("*.json")]
    return sorted(set(found) - REFUSED)


def tables_of(file: Path) -> dict[str, list[Row]]:
    """A reader of its own: where the tables are in each of the forms of an export."""
    found = json.loads(file.read_text(encoding="utf-8"))
    found = found["db"][0] if "db" in found else found
    while "data" in found:
        found = found["data"]
    return {name: rows or [] for name, rows in found.items() if name in TABLES}

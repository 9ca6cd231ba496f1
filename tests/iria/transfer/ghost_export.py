"""Writes Ghost exports for tests, in the form of version 5 and 6."""

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]


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

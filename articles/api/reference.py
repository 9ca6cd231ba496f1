"""The document as a file for programs, and as a page for people, without a script from anywhere."""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString

from articles.api.document import openapi
from articles.api.problems import KINDS
from iria.kit.addresses import absolute
from iria.kit.caching import public_page

GROUPS: Final = ("articles", "sections", "authors", "pictures", "comments")
DOCUMENT_TYPE: Final = "application/vnd.oai.openapi+json"


def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(_written(), content_type="application/json")


@cache
def _written() -> bytes:
    return json.dumps(openapi(), ensure_ascii=False, indent=1).encode()


@public_page
def reference(request: HttpRequest) -> HttpResponse:
    """The page that says what there is, how it is asked for and what comes back."""
    context = {
        "operations": operations(),
        "shapes": shapes(),
        "problems": KINDS,
        "address": absolute("/api/v1/"),
        "page_language": "en",
    }
    return render(request, "articles/api/reference.html", context)


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a field: what it is called, what may stand there, what it means."""

    name: str
    kind: SafeString
    words: SafeString


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    title: str
    path: str
    words: list[SafeString]
    parameters: list[Row]
    answer: str


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    words: SafeString
    fields: list[Row]


@cache
def operations() -> list[Operation]:
    """Every operation, what is asked for most first."""
    said = [(path, item["get"]) for path, item in openapi()["paths"].items()]
    said.sort(key=lambda each: GROUPS.index(each[1]["tags"][0]))
    return [_operation(path, operation) for path, operation in said]


def _operation(path: str, said: dict[str, Any]) -> Operation:
    answer = said["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        name=said["operationId"].rpartition("_")[2],
        title=said["summary"],
        path=path,
        words=[_words(part) for part in said.get("description", "").split("\n\n") if part],
        parameters=[
            Row(each["name"], _given(each["schema"]), _words(each.get("description", "")))
            for each in said["parameters"]
        ],
        answer=answer["$ref"].rpartition("/")[2],
    )


@cache
def shapes() -> list[Shape]:
    """Every kind of thing that comes back."""
    return [
        Shape(
            name,
            _words(said.get("description", "")),
            [
                Row(field, _kind(schema), _words(schema.get("description", "")))
                for field, schema in said["properties"].items()
            ],
        )
        for name, said in sorted(openapi()["components"]["schemas"].items())
    ]


def _words(text: str) -> SafeString:
    """A sentence with what stands between backticks as code."""
    return SafeString(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(" ".join(text.split()))))


def _given(schema: dict[str, Any]) -> SafeString:
    """What a parameter may be; that it may be left away goes without saying."""
    several = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    return _kind({"anyOf": several}) if several else _kind(schema)


def _kind(schema: dict[str, Any]) -> SafeString:
    """What may stand there, with a link to a shape of our own."""
    if reference := schema.get("$ref"):
        name = escape(reference.rpartition("/")[2])
        return SafeString(f'<a href="#shape-{name}">{name}</a>')
    if choices := schema.get("enum"):
        return SafeString(" | ".join(f"<code>{escape(choice)}</code>" for choice in choices))
    if several := schema.get("anyOf"):
        return SafeString(" | ".join(_kind(each) for each in several))
    if schema.get("type") == "array":
        return SafeString(f"list of {_kind(schema['items'])}")
    form = f" ({schema['format']})" if "format" in schema else ""
    return SafeString(escape(f"{schema.get('type', 'anything')}{form}"))

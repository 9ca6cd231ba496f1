"""The OpenAPI 3.1 document: what django-ninja knows of the operations, and what every answer has.

The document as a file for programs, and as a page for people, without a script from anywhere.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString
from pydantic import TypeAdapter

from articles.api.ninja_api import api
from articles.api.problems import (
    CONTENT_TYPE,
    KINDS,
    METHOD,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    PARAMETER,
    TOO_MANY,
    UNAVAILABLE,
    Kind,
    Problem,
)
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url

PREFIX: Final = "api/v1/"
SCHEMAS: Final = "#/components/schemas/"

ABOUT: Final = """Everything that readers of this publication can see, for programs: read-only, without a key, \
and with an answer in JSON to everything, mistakes included."""

ETAG: Final = {
    "ETag": {
        "description": "Send it back as If-None-Match; 304 answers while nothing has changed.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {"schema": {"type": "string"}},
}
NEXT_LINK: Final = {
    "Link": {
        "description": "The next page, as in `next`, with `rel=next`.",
        "schema": {"type": "string"},
    }
}
RETRY: Final = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer"},
    }
}
ALLOW: Final = {
    "Allow": {"description": "What may be asked.", "required": True, "schema": {"type": "string"}}
}


@cache
def openapi() -> dict[str, Any]:
    """The whole document; the same for everybody, made once."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    made["info"] = {
        "title": "Content API",
        "version": api.version,
        "summary": "Articles, pictures with their credits, authors and comments.",
        "description": ABOUT,
    }
    made["servers"] = [{"url": "/"}]
    problem = TypeAdapter(Problem).json_schema(ref_template=SCHEMAS + "{model}")
    made["components"]["schemas"] |= problem.pop("$defs", {})
    made["components"]["schemas"]["Problem"] = problem
    for path, item in made["paths"].items():
        _complete(item["get"], one="{" in path)
    return made


def _complete(operation: dict[str, Any], *, one: bool) -> None:
    """Adds the answers that every operation has beside the one it was written for."""
    for each in operation["parameters"]:
        if each["in"] == "path":
            each["description"] = "Its `id`."
    answers = operation["responses"]
    # The document is JSON, where every name is a text.
    fine = answers.pop(200)
    fine["headers"] = ETAG if one else ETAG | NEXT_LINK
    answers["200"] = fine
    answers["304"] = {"description": "Nothing has changed since.", "headers": ETAG}
    answers["400"] = _told(PARAMETER)
    if one:
        answers["404"] = _told(NOT_FOUND)
    answers["405"] = _told(METHOD, ALLOW)
    answers["406"] = _told(NOT_ACCEPTABLE)
    answers["429"] = _told(TOO_MANY, RETRY)
    answers["503"] = _told(UNAVAILABLE, RETRY)


def _told(kind: Kind, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    titles = [each.title for each in KINDS if each.status == kind.status]
    answer: dict[str, Any] = {
        "description": "; ".join(titles),
        "content": {CONTENT_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
    }
    return answer | ({"headers": headers} if headers else {})


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
        "address": absolute_url("/api/v1/"),
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

"""The OpenAPI 3.1 document: what django-ninja knows of the operations, and what every answer has."""

from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from articles.api.interface import api
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

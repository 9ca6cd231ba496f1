"""The `NinjaAPI` with all operations below `/api/v1/`, and its OpenAPI 3.1 document.

The document is django-ninja's schema with the common responses added. It is served as JSON and as a
documentation page without scripts.
"""

import json
import logging
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer
from pydantic import TypeAdapter

from articles.api.problems import (
    CONTENT_TYPE,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    PARAMETER,
    PROBLEM_TYPES,
    SERVER_ERROR,
    TOO_MANY,
    UNAVAILABLE,
    ApiError,
    ParameterError,
    Problem,
    ProblemType,
    problem_response,
    unavailable_response,
)
from iria.core.db.outage import is_outage
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url

DESCRIPTION: Final = "Read-only access to everything readers can see. No API key is needed, and every response is JSON, errors included."
NO_OBJECT: Final = "No public object has this ID."
log = logging.getLogger("django.request")


class PlainJson(JSONRenderer):
    """JSON without escaped non-ASCII characters."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Content API",
    version="1",
    description=DESCRIPTION,
    openapi_extra={
        "info": {"summary": "Articles, images with credits, authors and comments."},
    },
    servers=[{"url": "/"}],
    urls_namespace="api",
    # `openapi` renders the document and the documentation page, without third-party scripts.
    docs_url=None,
    openapi_url="",
    renderer=PlainJson(),
)


@api.exception_handler(ApiError)
def api_error_response(request: HttpRequest, error: ApiError) -> HttpResponse:
    return problem_response(error.kind, error.detail, error.errors)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(NOT_FOUND, NO_OBJECT)


@api.exception_handler(ValidationError)
def invalid_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters that pydantic rejected, each with its reason."""
    errors = [
        ParameterError(parameter=str(each["loc"][-1]), detail=_error_message(each))
        for each in error.errors
    ]
    names = ", ".join(dict.fromkeys(each["parameter"] for each in errors))
    return problem_response(PARAMETER, f"Invalid parameters: {names}.", errors)


@api.exception_handler(Exception)
def server_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """Returns a problem response, and logs the error as Django does unless PostgreSQL is unavailable."""
    if is_outage(error):
        request.is_unavailable = True  # type: ignore[attr-defined]
        return unavailable_response()
    got_request_exception.send(sender=None, request=request)
    log.error("API error at %s", request.path, exc_info=error, extra={"request": request})
    return problem_response(SERVER_ERROR, "An unexpected error occurred and was logged.")


def _error_message(error: dict[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."


PREFIX: Final = "api/v1/"
SCHEMAS: Final = "#/components/schemas/"

SCHEMA_NAMES: Final = {
    "ParameterError": "ParameterMistake",
    "FieldsQuery": "Sparse",
    "ListQuery": "Paged",
    "ArticleListQuery": "ArticlesAsked",
    "ImageListQuery": "PicturesAsked",
    "CommentListQuery": "CommentsAsked",
}
"""Class → name in the document. Names in the document do not change within a version of the API,
because generated clients use them; the same holds for each `operation_id`."""

ETAG: Final = {
    "ETag": {
        "description": "Send it back as If-None-Match to get 304 while nothing has changed.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {"schema": {"type": "string"}},
}
NEXT_LINK: Final = {
    "Link": {
        "description": "The next page, the same as `next`, with `rel=next`.",
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
    "Allow": {"description": "Allowed methods.", "required": True, "schema": {"type": "string"}}
}


@cache
def openapi() -> dict[str, Any]:
    """The whole document, built once."""
    openapi_document: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    problem = TypeAdapter(Problem).json_schema(ref_template=SCHEMAS + "{model}")
    definitions = openapi_document["components"]["schemas"]
    definitions |= problem.pop("$defs", {})
    definitions["Problem"] = problem
    for class_name, name in SCHEMA_NAMES.items():
        definitions[name] = definitions.pop(class_name) | {"title": name}
    problem["properties"]["errors"]["items"]["$ref"] = SCHEMAS + SCHEMA_NAMES["ParameterError"]
    for path, item in openapi_document["paths"].items():
        _complete(item["get"], is_detail="{" in path)
    return openapi_document


def _complete(operation: dict[str, Any], *, is_detail: bool) -> None:
    """Adds the responses and headers that all operations have."""
    for each in operation["parameters"]:
        if each["in"] == "path":
            each["description"] = "ID of the object."
    responses = operation["responses"]
    responses[200]["headers"] = ETAG if is_detail else ETAG | NEXT_LINK
    responses[304] = {"description": "Not modified.", "headers": ETAG}
    responses[400] = _problem_response(PARAMETER)
    if is_detail:
        responses[404] = _problem_response(NOT_FOUND)
    responses[405] = _problem_response(METHOD_NOT_ALLOWED, ALLOW)
    responses[406] = _problem_response(NOT_ACCEPTABLE)
    responses[429] = _problem_response(TOO_MANY, RETRY)
    responses[503] = _problem_response(UNAVAILABLE, RETRY)


def _problem_response(kind: ProblemType, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    titles = [each.title for each in PROBLEM_TYPES if each.status == kind.status]
    response: dict[str, Any] = {
        "description": "; ".join(titles),
        "content": {CONTENT_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
    }
    return response | ({"headers": headers} if headers else {})


GROUPS: Final = ("articles", "sections", "authors", "pictures", "comments")
DOCUMENT_TYPE: Final = "application/vnd.oai.openapi+json"


def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(_document_json(), content_type="application/json")


@cache
def _document_json() -> bytes:
    return json.dumps(openapi(), ensure_ascii=False, indent=1).encode()


@public_page
def reference(request: HttpRequest) -> HttpResponse:
    """The documentation page."""
    context = {
        "operations": operations(),
        "shapes": shapes(),
        "problems": PROBLEM_TYPES,
        "address": absolute_url("/api/v1/"),
        "page_language": "en",
    }
    return render(request, "articles/api/reference.html", context)


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a field: name, type and description."""

    name: str
    kind: SafeString
    description: SafeString


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    title: str
    path: str
    description: list[SafeString]
    parameters: list[Row]
    answer: str


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    description: SafeString
    fields: list[Row]


@cache
def operations() -> list[Operation]:
    """Every operation, the most used first."""
    spec = [(path, item["get"]) for path, item in openapi()["paths"].items()]
    spec.sort(key=lambda each: GROUPS.index(each[1]["tags"][0]))
    return [_operation(path, operation) for path, operation in spec]


def _operation(path: str, spec: dict[str, Any]) -> Operation:
    answer = spec["responses"][200]["content"]["application/json"]["schema"]
    return Operation(
        # The anchor on the page: `articles` of `articles_api_articles_articles`.
        name=spec["operationId"].rpartition("_")[2],
        title=spec["summary"],
        path=path,
        description=[
            _formatted(part) for part in spec.get("description", "").split("\n\n") if part
        ],
        parameters=[
            Row(
                each["name"],
                _parameter_type(each["schema"]),
                _formatted(each.get("description", "")),
            )
            for each in spec["parameters"]
        ],
        answer=answer["$ref"].rpartition("/")[2],
    )


@cache
def shapes() -> list[Shape]:
    """Every schema of the responses."""
    return [
        Shape(
            name,
            _formatted(spec.get("description", "")),
            [
                Row(field, _type_name(schema), _formatted(schema.get("description", "")))
                for field, schema in spec["properties"].items()
            ],
        )
        for name, spec in sorted(openapi()["components"]["schemas"].items())
    ]


def _formatted(text: str) -> SafeString:
    """The text as HTML, with what is between backticks as code."""
    return SafeString(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(" ".join(text.split()))))


def _parameter_type(schema: dict[str, Any]) -> SafeString:
    """The type of a parameter, without null, since all parameters are optional."""
    options = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    return _type_name({"anyOf": options}) if options else _type_name(schema)


def _type_name(schema: dict[str, Any]) -> SafeString:
    """The type of a field, with a link to its schema."""
    if reference := schema.get("$ref"):
        name = escape(reference.rpartition("/")[2])
        return SafeString(f'<a href="#shape-{name}">{name}</a>')
    if choices := schema.get("enum"):
        return SafeString(" | ".join(f"<code>{escape(choice)}</code>" for choice in choices))
    if options := schema.get("anyOf"):
        return SafeString(" | ".join(_type_name(each) for each in options))
    if schema.get("type") == "array":
        return SafeString(f"list of {_type_name(schema['items'])}")
    format_note = f" ({schema['format']})" if "format" in schema else ""
    return SafeString(escape(f"{schema.get('type', 'anything')}{format_note}"))

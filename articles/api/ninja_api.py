"""The `NinjaAPI` with all operations below `/api/v1/`, and its OpenAPI 3.1 document.

Each operation declares its responses with `operation`. The document is served as JSON and as a
documentation page without scripts.
"""

import json
import logging
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString
from ninja import NinjaAPI, P, PathEx
from ninja.errors import ValidationError
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
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

JSON: Final = "application/json"
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


def _problem(kind: ProblemType, **headers: Any) -> dict[str, Any]:
    titles = [each.title for each in PROBLEM_TYPES if each.status == kind.status]
    content = {CONTENT_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}
    return {"description": "; ".join(titles), "content": content, **headers}


LIST_RESPONSES: Final = {
    200: {"headers": ETAG | NEXT_LINK},
    304: {"description": "Not modified.", "headers": ETAG},
    400: _problem(PARAMETER),
    405: _problem(METHOD_NOT_ALLOWED, headers=ALLOW),
    406: _problem(NOT_ACCEPTABLE),
    429: _problem(TOO_MANY, headers=RETRY),
    503: _problem(UNAVAILABLE, headers=RETRY),
}
DETAIL_RESPONSES: Final = LIST_RESPONSES | {200: {"headers": ETAG}, 404: _problem(NOT_FOUND)}
"""The responses of every operation, which ninja adds to the document."""

Number = PathEx[int, P(description="ID of the object.")]


def operation[View: Callable[..., Any]](
    path: str, response: Any, *, summary: str, tag: str, operation_id: str
) -> Callable[[View], View]:
    """Registers a view as an operation with its common responses."""
    responses = DETAIL_RESPONSES if "{" in path else LIST_RESPONSES
    return api.get(
        path,
        response=response,
        summary=summary,
        tags=[tag],
        operation_id=operation_id,
        openapi_extra={"responses": responses},
    )


class Document(OpenAPISchema):
    """The document with the schema of problems, which is not that of any view's response."""

    def get_components(self) -> dict[str, Any]:
        problem = TypeAdapter(Problem).json_schema(ref_template=REF_TEMPLATE)
        self.add_schema_definitions({**problem.pop("$defs"), "Problem": problem})
        return super().get_components()


@cache
def openapi() -> dict[str, Any]:
    """The whole document, built once."""
    return Document(api, PREFIX)


GROUPS: Final = ("articles", "sections", "authors", "pictures", "comments")
DOCUMENT_TYPE: Final = "application/vnd.oai.openapi+json"


def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(_document_json(), content_type="application/json")


@cache
def _document_json() -> bytes:
    return json.dumps(openapi(), ensure_ascii=False, indent=1).encode()


NULL: Final = {"type": "null"}
Row = tuple[str, SafeString, SafeString]
"""A parameter or a field: name, type and description."""


@public_page
def reference(request: HttpRequest) -> HttpResponse:
    """The documentation page."""
    context = {
        "operations": operations(),
        "schemas": schemas(),
        "problems": PROBLEM_TYPES,
        "address": absolute_url("/api/v1/"),
        "page_language": "en",
    }
    return render(request, "articles/api/reference.html", context)


@cache
def operations() -> list[dict[str, Any]]:
    """Every operation of the document with its path and its parameters, the most used first."""
    found = [
        {
            **operation,
            "path": path,
            # `articles` of `articles_api_articles_articles`
            "anchor": operation["operationId"].rpartition("_")[2],
            "paragraphs": [_formatted(each) for each in operation["description"].split("\n\n")],
            "rows": [
                _row(each["name"], _without_null(each["schema"]), each["description"])
                for each in operation["parameters"]
            ],
            "returns": _type_name(operation["responses"][200]["content"][JSON]["schema"]),
        }
        for path, item in openapi()["paths"].items()
        for operation in item.values()
    ]
    return sorted(found, key=lambda each: GROUPS.index(each["tags"][0]))


@cache
def schemas() -> dict[str, tuple[SafeString, list[Row]]]:
    """Every schema of the responses by its name: description and fields."""
    return {
        name: (
            _formatted(schema.get("description", "")),
            [
                _row(field, each, each.get("description", ""))
                for field, each in schema["properties"].items()
            ],
        )
        for name, schema in sorted(openapi()["components"]["schemas"].items())
    }


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, which can be omitted but not be null."""
    return {**schema, "anyOf": [each for each in schema.get("anyOf", []) if each != NULL]}


def _row(name: str, schema: dict[str, Any], description: str) -> Row:
    return name, _type_name(schema), _formatted(description)


def _formatted(text: str) -> SafeString:
    """The text as HTML, with what is between backticks as code."""
    return SafeString(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(" ".join(text.split()))))


def _type_name(schema: dict[str, Any]) -> SafeString:
    """The type of a parameter or field, with a link to its schema."""
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

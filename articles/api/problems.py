"""Problem responses (RFC 9457)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, NotRequired, TypedDict

from django.http import HttpResponse
from pydantic import ConfigDict, with_config

from iria.core.db.outage import RETRY_AFTER
from iria.core.http.urls import absolute_url

CONTENT_TYPE: Final = "application/problem+json"
DOCUMENTATION: Final = "/api/v1/"
"""The page that explains every problem."""


@with_config(ConfigDict(title="ParameterMistake"))
class ParameterError(TypedDict):
    """An invalid parameter, and what is wrong with it."""

    parameter: str
    detail: str


ParameterError.__qualname__ = "ParameterMistake"
"""Its name in the document; see `articles.api.parameters`."""


class Problem(TypedDict):
    """An error, in the format of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[ParameterError]]


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A type of problem; the URL in `type` ends with its name."""

    name: str
    status: int
    title: str
    meaning: str


PARAMETER: Final = ProblemType(
    "parameter",
    400,
    "Invalid parameter",
    "A parameter is unknown, malformed or refers to something that does not exist. See “errors” for details.",
)
CURSOR: Final = ProblemType(
    "cursor",
    400,
    "Invalid cursor",
    "Use the cursor from “next” unchanged and with the same parameters. If it is no longer accepted, start again without one.",
)
SEARCH: Final = ProblemType(
    "search",
    400,
    "Invalid search query",
    "The query is empty, too long or too complex. See “detail” for what to change.",
)
NOT_FOUND: Final = ProblemType(
    "not-found",
    404,
    "Not found",
    "There is no such URL, or its content is not public.",
)
METHOD_NOT_ALLOWED: Final = ProblemType(
    "method",
    405,
    "Method not allowed",
    "The API is read-only: use GET, HEAD or OPTIONS.",
)
NOT_ACCEPTABLE: Final = ProblemType(
    "not-acceptable",
    406,
    "Not acceptable",
    "The Accept header excludes application/json, the only available format.",
)
TOO_MANY: Final = ProblemType(
    "too-many-requests",
    429,
    "Too many requests",
    "Wait the number of seconds in Retry-After. Use caching and conditional requests to send fewer.",
)
SERVER_ERROR: Final = ProblemType(
    "broken", 500, "Internal server error", "The error was logged. Try again later."
)

UNAVAILABLE: Final = ProblemType(
    "unavailable",
    503,
    "Service unavailable",
    "The database cannot be reached. Wait the number of seconds in Retry-After.",
)

PROBLEM_TYPES: Final = (
    PARAMETER,
    CURSOR,
    SEARCH,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    TOO_MANY,
    SERVER_ERROR,
    UNAVAILABLE,
)


class ApiError(Exception):
    """Makes the API return a problem response."""

    def __init__(
        self, kind: ProblemType, detail: str, errors: Sequence[ParameterError] = ()
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.errors = kind, detail, list(errors)


def reject_parameter(parameter: str, detail: str) -> NoReturn:
    """Rejects an invalid parameter.

    Raises:
        ApiError
    """
    error = ParameterError(parameter=parameter, detail=detail)
    raise ApiError(PARAMETER, f"{parameter}: {detail}", [error])


def problem_response(
    kind: ProblemType, detail: str, errors: Sequence[ParameterError] = ()
) -> HttpResponse:
    """The response to a rejected request; not cached."""
    serialized = Problem(
        type=absolute_url(f"{DOCUMENTATION}#{kind.name}"),
        title=kind.title,
        status=kind.status,
        detail=detail,
    )
    if errors:
        serialized["errors"] = list(errors)
    response = HttpResponse(
        json.dumps(serialized, ensure_ascii=False), content_type=CONTENT_TYPE, status=kind.status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def unavailable_response() -> HttpResponse:
    """The response while PostgreSQL is unavailable."""
    response = problem_response(UNAVAILABLE, "The site's database cannot be reached.")
    response.headers["Retry-After"] = RETRY_AFTER
    return response

"""What went wrong, said to programs and people alike (RFC 9457)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, NotRequired, TypedDict

from django.http import HttpResponse

from iria.core.db.outage import RETRY_AFTER
from iria.core.http.urls import absolute_url

CONTENT_TYPE: Final = "application/problem+json"
PLACE: Final = "/api/v1/"
"""The page that explains every problem."""


class ParameterMistake(TypedDict):
    """One parameter that cannot be used, and why."""

    parameter: str
    detail: str


class Problem(TypedDict):
    """A problem as RFC 9457 writes it."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[ParameterMistake]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its name ends the address in `type`."""

    name: str
    status: int
    title: str
    meaning: str


PARAMETER: Final = Kind(
    "parameter",
    400,
    "A parameter cannot be used",
    "A parameter is unknown, cannot be read or names something that is not there; "
    "“errors” says which and why.",
)
CURSOR: Final = Kind(
    "cursor",
    400,
    "This is no cursor of ours",
    "A cursor is opaque: take it from “next” as it is, with the other parameters unchanged, "
    "and begin again without one where it is no longer accepted.",
)
SEARCH: Final = Kind(
    "search",
    400,
    "These words cannot be searched for",
    "The words hold nothing to look for, or too much; “detail” says what to change.",
)
NOT_FOUND: Final = Kind(
    "not-found",
    404,
    "There is nothing here",
    "The address leads nowhere, or what stood there is not public (any more).",
)
METHOD: Final = Kind(
    "method",
    405,
    "This address is only read",
    "The API changes nothing: it answers GET, HEAD and OPTIONS.",
)
NOT_ACCEPTABLE: Final = Kind(
    "not-acceptable",
    406,
    "There is no such form",
    "The header Accept leaves out application/json, the only form there is.",
)
TOO_MANY: Final = Kind(
    "too-many-requests",
    429,
    "Too many requests",
    "Wait as many seconds as Retry-After says. Cached answers and 304s save most requests.",
)
BROKEN: Final = Kind(
    "broken", 500, "Something broke on our side", "It was written down; try again later."
)

UNAVAILABLE: Final = Kind(
    "unavailable",
    503,
    "The API is not available at the moment",
    "The database cannot be reached. Wait as many seconds as Retry-After says.",
)

KINDS: Final = (
    PARAMETER,
    CURSOR,
    SEARCH,
    NOT_FOUND,
    METHOD,
    NOT_ACCEPTABLE,
    TOO_MANY,
    BROKEN,
    UNAVAILABLE,
)


class Refused(Exception):
    """A request that is answered with a problem."""

    def __init__(self, kind: Kind, detail: str, errors: Sequence[ParameterMistake] = ()) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.errors = kind, detail, list(errors)


def refuse(parameter: str, detail: str) -> NoReturn:
    """Refuses a parameter that cannot be used.

    Raises:
        Refused
    """
    mistake = ParameterMistake(parameter=parameter, detail=detail)
    raise Refused(PARAMETER, f"{parameter}: {detail}", [mistake])


def problem(kind: Kind, detail: str, errors: Sequence[ParameterMistake] = ()) -> HttpResponse:
    """The answer to a request that was refused; kept by no cache."""
    told = Problem(
        type=absolute_url(f"{PLACE}#{kind.name}"),
        title=kind.title,
        status=kind.status,
        detail=detail,
    )
    if errors:
        told["errors"] = list(errors)
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False), content_type=CONTENT_TYPE, status=kind.status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def unavailable() -> HttpResponse:
    """The answer while PostgreSQL is away."""
    response = problem(UNAVAILABLE, "The site's database cannot be reached.")
    response.headers["Retry-After"] = RETRY_AFTER
    return response

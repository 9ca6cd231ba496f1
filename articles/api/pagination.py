"""Cursor pagination.

Cursors are signed, so that clients cannot depend on their content, and valid for one query only.
They contain no time: the same page has the same bytes and can be cached.

A new row at the top does not shift the following pages.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from articles.api.parameters import ListQuery
from articles.api.problems import CURSOR, ApiError
from iria.core.http.urls import absolute_url

LONGEST: Final = 600


def _signer() -> Signer:
    return Signer(salt="iria.api.cursor", sep=".")


def query_key(path: str, filters: dict[str, Any]) -> str:
    """A hash of a list with its filters and order."""
    text = json.dumps([path, filters], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def write_cursor(list_key: str, after: list[str | int]) -> str:
    """The cursor of the page after a row, from the values that the list is ordered by."""
    return _signer().sign_object([list_key, *after])


def read_cursor(text: str, list_key: str) -> list[str | int]:
    """The values that were passed to `write_cursor`.

    Raises:
        ApiError: the cursor is modified, truncated, or belongs to another query.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(len(text))
        cursor_key: str
        after: list[str | int]
        cursor_key, *after = _signer().unsign_object(text)
    except (BadSignature, ValueError, TypeError, UnicodeError) as error:
        message = "This cursor is invalid or was modified."
        raise ApiError(CURSOR, message) from error
    if cursor_key != list_key:
        message = "This cursor belongs to a different list, filter or sort order."
        raise ApiError(CURSOR, message)
    return after


@dataclass(frozen=True, slots=True)
class Order:
    """An order by a text or time column (or none), then by id."""

    column: str = ""
    moments: bool = False
    down: bool = False

    def sort[T: Model](self, rows: "QuerySet[T]") -> "QuerySet[T]":
        names = [name for name in (self.column, "pk") if name]
        return rows.order_by(*(F(name).desc() if self.down else F(name).asc() for name in names))

    def position_of(self, row: Any) -> list[str | int]:
        """The values of the last row of a page for its cursor."""
        if not self.column:
            return [int(row.pk)]
        value = getattr(row, self.column)
        return [value.isoformat() if self.moments else str(value), int(row.pk)]

    def beyond(self, after: list[str | int]) -> Q:
        """The rows after a position.

        Raises:
            ApiError: the position is of another order; the cursor is from an older release.
        """
        side = "lt" if self.down else "gt"
        try:
            *column, pk = after
            below = Q(**{f"pk__{side}": int(pk)})
            if not self.column:
                return below
            (text,) = column
            value = datetime.fromisoformat(str(text)) if self.moments else text
        except ValueError as error:
            raise ApiError(
                CURSOR, "This cursor is in an old format. Start again without a cursor."
            ) from error
        # Both conditions, so that the index finds the start.
        return Q(**{f"{self.column}__{side}e": value}) & (
            Q(**{f"{self.column}__{side}": value}) | below
        )


def page_of[T: Model](
    request: HttpRequest,
    response: HttpResponse,
    rows: "QuerySet[T]",
    order: Order,
    query: ListQuery,
    serialize: Callable[[list[T]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """A page of the rows in an order, and the link to the next one."""
    list_key = query_key(request.path, query.filters())
    if query.cursor:
        rows = rows.filter(order.beyond(read_cursor(query.cursor, list_key)))
    found = list(order.sort(rows)[: query.limit + 1])
    shown = found[: query.limit]
    following = (
        write_cursor(list_key, order.position_of(shown[-1])) if len(found) > len(shown) else ""
    )
    return {
        "items": serialize(shown),
        "next": next_url(request, response, query, following),
    }


def next_url(
    request: HttpRequest, response: HttpResponse, query: ListQuery, cursor: str
) -> str | None:
    """The URL of the next page, also as a `Link` header; None on the last one."""
    if not cursor:
        return None
    parameters = {**query.model_dump(mode="json", exclude_unset=True), "cursor": cursor}
    serialized = urlencode({name: value for name, value in parameters.items() if value is not None})
    url = absolute_url(f"{request.path}?{serialized}")
    response.headers["Link"] = f'<{url}>; rel="next"'
    return url

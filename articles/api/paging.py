"""Pages of a list, each told by a cursor. A new row at the top shifts nothing further down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from articles.api.asking import Paged
from articles.api.cursors import question_of, read_cursor, write_cursor
from articles.api.problems import CURSOR, Refused
from iria.kit.addresses import absolute


@dataclass(frozen=True, slots=True)
class Order:
    """By a column of text or time (or by none) and, where that is equal, by number."""

    column: str = ""
    moments: bool = False
    down: bool = False

    def sort[T: Model](self, rows: "QuerySet[T]") -> "QuerySet[T]":
        names = [name for name in (self.column, "pk") if name]
        return rows.order_by(*(F(name).desc() if self.down else F(name).asc() for name in names))

    def place_of(self, row: Any) -> list[str | int]:
        """What a cursor remembers of the last row of a page."""
        if not self.column:
            return [int(row.pk)]
        value = getattr(row, self.column)
        return [value.isoformat() if self.moments else str(value), int(row.pk)]

    def beyond(self, after: list[str | int]) -> Q:
        """The rows after a place.

        Raises:
            Refused: the place is of another order; the cursor was signed by an older release.
        """
        side = "lt" if self.down else "gt"
        try:
            *column, pk = after
            below = Q(**{f"pk__{side}": int(pk)})
            if not self.column:
                return below
            (text,) = column
            value = datetime.fromisoformat(str(text)) if self.moments else text
        except ValueError as mistake:
            raise Refused(CURSOR, "This cursor is of an older form; begin again.") from mistake
        # Both halves, so that the index finds the beginning.
        return Q(**{f"{self.column}__{side}e": value}) & (
            Q(**{f"{self.column}__{side}": value}) | below
        )


def page_of[T: Model](
    request: HttpRequest,
    response: HttpResponse,
    rows: "QuerySet[T]",
    order: Order,
    asked: Paged,
    tell: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    """One page of the rows in an order, and where the next one is."""
    question = question_of(request.path, asked.narrowing())
    if asked.cursor:
        rows = rows.filter(order.beyond(read_cursor(asked.cursor, question)))
    found = list(order.sort(rows)[: asked.limit + 1])
    shown = found[: asked.limit]
    following = write_cursor(question, order.place_of(shown[-1])) if len(found) > len(shown) else ""
    return {
        "items": [tell(row) for row in shown],
        "next": next_address(request, response, asked, following),
    }


def next_address(
    request: HttpRequest, response: HttpResponse, asked: Paged, cursor: str
) -> str | None:
    """The address of the following page, also as a `Link` header; None on the last one."""
    if not cursor:
        return None
    parameters = {**asked.model_dump(mode="json", exclude_unset=True), "cursor": cursor}
    told = urlencode({name: value for name, value in parameters.items() if value is not None})
    address = absolute(f"{request.path}?{told}")
    response.headers["Link"] = f'<{address}>; rel="next"'
    return address

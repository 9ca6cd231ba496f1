"""Cursors: where the next page of a list begins.

Signed, so that nobody comes to rely on what is inside, and bound to the question they belong to.
There is no time in them: the same page has the same bytes, and a cache can keep it.

Pages of a list, each told by a cursor. A new row at the top shifts nothing further down.
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

from articles.api.parameters import Paged
from articles.api.problems import CURSOR, Refused
from iria.core.http.urls import absolute_url

LONGEST: Final = 600


def _signer() -> Signer:
    return Signer(salt="iria.api.cursor", sep=".")


def question_of(path: str, narrowing: dict[str, Any]) -> str:
    """A short name for a list with its filters and order."""
    text = json.dumps([path, narrowing], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def write_cursor(question: str, after: list[str | int]) -> str:
    """The cursor of the page that begins after a row, told by what the list is ordered by."""
    return _signer().sign_object([question, *after])


def read_cursor(text: str, question: str) -> list[str | int]:
    """What `write_cursor` was given.

    Raises:
        Refused: the cursor was bent, cut off, or belongs to another question.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(len(text))
        whose: str
        after: list[str | int]
        whose, *after = _signer().unsign_object(text)
    except (BadSignature, ValueError, TypeError, UnicodeError) as mistake:
        sentence = "This cursor is not one of ours, or was changed on its way."
        raise Refused(CURSOR, sentence) from mistake
    if whose != question:
        sentence = "This cursor belongs to another list, other filters or another order."
        raise Refused(CURSOR, sentence)
    return after


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
    address = absolute_url(f"{request.path}?{told}")
    response.headers["Link"] = f'<{address}>; rel="next"'
    return address

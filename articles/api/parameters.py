"""The query parameters of the API, parsed and checked, sparse fields, and cursor pagination.

With sparse fields only the requested fields are fetched and serialized. Tags and authors that
only drafts have are treated as unknown.

Cursors are signed, so that clients cannot depend on their content, and valid for one query only.
They contain no time: the same page has the same bytes and can be cached. A new row at the top does not
shift the following pages.

`__qualname__` and `title` of a class are its name in the OpenAPI document, which does not change within a
version of the API, because generated clients use it; the same holds for each `operation_id`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.api.problems import CURSOR, ApiError, reject_parameter
from articles.editorial.listings import in_use
from articles.editorial.models import Scope
from iria.core.http.urls import absolute_url
from iria.core.text.validators import validate_storable


def tags() -> "QuerySet[Tag]":
    """Tags of published articles."""
    return Tag.objects.filter(in_use(Scope.TAG))


def authors() -> "QuerySet[AuthorProfile]":
    """Authors of published articles."""
    return AuthorProfile.objects.filter(in_use(Scope.AUTHOR))


@dataclass(frozen=True, slots=True)
class FieldSet:
    """All fields of a resource, and which of them are in lists and in the detail response."""

    serializers: Mapping[str, Callable[[Any], Any]]
    """Field → its value of a row."""
    on_request: Collection[str] = ()
    """Large fields that lists contain only on request."""

    @classmethod
    def of(
        cls,
        schema: Any,
        computed: Mapping[str, Callable[[Any], Any]],
        on_request: Collection[str] = (),
    ) -> "FieldSet":
        """All fields of a schema; those that are not computed are attributes of the row."""
        names = schema.__annotations__
        return cls({name: computed.get(name, attrgetter(name)) for name in names}, on_request)

    def select(self, query: str | None, *, in_list: bool) -> list[str]:
        """The fields of a response, in the order of the documentation; always with `id`.

        Raises:
            ApiError: a field does not exist.
        """
        if query is None or not query.strip():
            omitted = self.on_request if in_list else ()
            return [name for name in self.serializers if name not in omitted]
        names = {"id", *(name.strip() for name in query.split(",") if name.strip())}
        if unknown := names - self.serializers.keys():
            known = ", ".join(self.serializers)
            reject_parameter(
                "fields", f"Invalid value “{min(unknown)[:80]}”. Choose one of {known}."
            )
        return [name for name in self.serializers if name in names]

    def serialize(self, row: Any, names: Collection[str]) -> dict[str, Any]:
        return {name: self.serializers[name](row) for name in names}

    def of_list(self, query: "FieldsQuery") -> Callable[[Iterable[Any]], list[dict[str, Any]]]:
        """Serializes rows of a list."""
        names = self.select(query.fields, in_list=True)
        return lambda rows: [self.serialize(row, names) for row in rows]

    def of_one(self, rows: "QuerySet[Any]", number: int, query: "FieldsQuery") -> dict[str, Any]:
        """The row with this id, serialized; raises Http404 if there is none."""
        names = self.select(query.fields, in_list=False)
        return self.serialize(get_object_or_404(rows, pk=number), names)


MAX_LIMIT: Final = 100
FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 30)
"""Within this range, a date can be converted to every time zone."""


def _storable(text: str) -> str:
    try:
        validate_storable(text)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    return text


def _day(text: Any) -> Any:
    """A date in ISO 8601; pydantic would also accept a number of seconds."""
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("Invalid date. Use the form 2026-03-04.")
    return text


def _moment(text: Any) -> Any:
    """A time in ISO 8601. The plus of “+02:00” is a space if it was not encoded as %2B."""
    if not isinstance(text, str):
        return text
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:", text, re.ASCII):
        raise ValueError("Invalid date and time. Use the form 2026-03-04T12:00:00Z.")
    return re.sub(r" (\d\d:?\d\d)$", r"+\1", text)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("This date and time are out of range.") from error


def _in_calendar(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("This date is out of range.")
    return day


Text = Annotated[str, AfterValidator(_storable), Field(max_length=400)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_calendar)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_utc)]


class FieldsQuery(Schema):
    """Parameters of a single object."""

    __qualname__ = "Sparse"
    model_config = ConfigDict(title="Sparse")

    fields: Text | None = Field(
        None,
        description="Comma-separated fields to return, such as `id,headline,url`. `id` is always included.",
    )


class ListQuery(FieldsQuery):
    """Parameters of a list."""

    __qualname__ = "Paged"
    model_config = ConfigDict(title="Paged")

    limit: int = Field(20, ge=1, le=MAX_LIMIT, description="Results per page.")
    cursor: Text | None = Field(
        None, description="Cursor from `next` of the previous page, unchanged."
    )

    def filters(self) -> dict[str, Any]:
        """Filters and order of the list; a cursor is valid for these only."""
        return self.model_dump(
            mode="json", exclude={"fields", "limit", "cursor"}, exclude_none=True
        )


class ArticleListQuery(ListQuery):
    __qualname__ = "ArticlesAsked"
    model_config = ConfigDict(title="ArticlesAsked")

    q: str | None = Field(
        None,
        description='Search query: words, `"a phrase"`, `-excluded`, `one OR another`. Sorted by relevance. Can be combined with every filter, and with every `order` except `changed`.',
    )
    category: Text | None = Field(
        None,
        description="Path of a category, such as `asia-pacific/japan`. Includes its subcategories.",
    )
    tag: Text | None = Field(None, description="Slug of a tag.")
    author: Text | None = Field(None, description="Slug of an author.")
    kind: Text | None = Field(None, description="Slug of an article type, such as `analysis`.")
    language: Text | None = Field(
        None,
        description="Code of a language, such as `en` or `ar`. Without it, articles of every language, each with its `language`.",
    )
    published_from: Day | None = Field(
        None, description="Published on or after this day, in the publication's time zone."
    )
    published_until: Day | None = Field(None, description="Published on or before this day.")
    changed_since: Moment | None = Field(
        None,
        description="Published or changed at or after this date and time, with time zone: `2026-03-04T12:00:00Z`.",
    )
    order: Literal["newest", "oldest", "changed"] | None = Field(
        None,
        description="`newest` (default), `oldest`, or `changed` (least recently changed first, to sync a copy with `changed_since`).",
    )


class ImageListQuery(ListQuery):
    __qualname__ = "PicturesAsked"
    model_config = ConfigDict(title="PicturesAsked")

    article: int | None = Field(None, ge=1, description="ID of an article that shows the images.")


class CommentListQuery(ListQuery):
    __qualname__ = "CommentsAsked"
    model_config = ConfigDict(title="CommentsAsked")

    article: int | None = Field(None, ge=1, description="ID of the article the comments belong to.")
    since: Moment | None = Field(
        None, description="Written at or after this date and time, with time zone."
    )


MAX_CURSOR_LENGTH: Final = 600


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
        if len(text) > MAX_CURSOR_LENGTH:
            raise ValueError(len(text))
        cursor_key: str
        after: list[str | int]
        cursor_key, *after = _signer().unsign_object(text)
    except (BadSignature, ValueError, TypeError, UnicodeError) as error:
        raise ApiError(CURSOR, "This cursor is invalid or was modified.") from error
    if cursor_key != list_key:
        raise ApiError(CURSOR, "This cursor belongs to a different list, filter or sort order.")
    return after


@dataclass(frozen=True, slots=True)
class Order:
    """An order by a text or time column, if any, then by id."""

    column: str = ""
    is_time: bool = False
    descending: bool = False

    def sort[T: Model](self, rows: "QuerySet[T]") -> "QuerySet[T]":
        names = [name for name in (self.column, "pk") if name]
        return rows.order_by(
            *(F(name).desc() if self.descending else F(name).asc() for name in names)
        )

    def position_of(self, row: Any) -> list[str | int]:
        """The values of the last row of a page for its cursor."""
        if not self.column:
            return [int(row.pk)]
        value = getattr(row, self.column)
        return [value.isoformat() if self.is_time else str(value), int(row.pk)]

    def rows_after(self, after: list[str | int]) -> Q:
        """The rows after a position.

        Raises:
            ApiError: the position is of another order; the cursor is from an older release.
        """
        comparison = "lt" if self.descending else "gt"
        try:
            *column, pk = after
            by_id = Q(**{f"pk__{comparison}": int(pk)})
            if not self.column:
                return by_id
            (text,) = column
            value = datetime.fromisoformat(str(text)) if self.is_time else text
        except ValueError as error:
            raise ApiError(
                CURSOR, "This cursor is in an old format. Start again without a cursor."
            ) from error
        # Both conditions, so that the index finds the start.
        return Q(**{f"{self.column}__{comparison}e": value}) & (
            Q(**{f"{self.column}__{comparison}": value}) | by_id
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
        rows = rows.filter(order.rows_after(read_cursor(query.cursor, list_key)))
    found = list(order.sort(rows)[: query.limit + 1])
    shown = found[: query.limit]
    next_cursor = (
        write_cursor(list_key, order.position_of(shown[-1])) if len(found) > len(shown) else ""
    )
    return {
        "items": serialize(shown),
        "next": next_url(request, response, query, next_cursor),
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

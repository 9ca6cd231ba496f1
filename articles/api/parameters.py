"""The query parameters of the API, parsed and checked, and sparse fields.

With sparse fields only the requested fields are fetched and serialized. Tags and authors that
only drafts have are treated as unknown.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.api.problems import reject_parameter
from articles.editorial.listings import in_use
from articles.editorial.models import Scope
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
    on_request: Collection[str] = field(default=())
    """Large fields that lists contain only on request."""

    def select(self, query: str | None, *, in_list: bool) -> list[str]:
        """The fields of a response, in the order of the documentation; always with `id`.

        Raises:
            ApiError: a field does not exist.
        """
        if query is None or not query.strip():
            left_out = self.on_request if in_list else ()
            return [name for name in self.serializers if name not in left_out]
        wanted = {"id", *(name.strip() for name in query.split(",") if name.strip())}
        if unknown := wanted - self.serializers.keys():
            known = ", ".join(self.serializers)
            reject_parameter(
                "fields", f"Invalid value “{min(unknown)[:80]}”. Choose one of {known}."
            )
        return [name for name in self.serializers if name in wanted]

    def serialize(self, row: Any, names: Collection[str]) -> dict[str, Any]:
        return {name: self.serializers[name](row) for name in names}

    def of_list(self, query: "FieldsQuery") -> Callable[[Iterable[Any]], list[dict[str, Any]]]:
        """Serializes rows of a list."""
        names = self.select(query.fields, in_list=True)
        return lambda rows: [self.serialize(row, names) for row in rows]

    def of_one(self, rows: "QuerySet[Any]", number: int, query: "FieldsQuery") -> dict[str, Any]:
        """The row with this id, serialized; a 404 without one."""
        names = self.select(query.fields, in_list=False)
        return self.serialize(get_object_or_404(rows, pk=number), names)


MOST: Final = 100
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
        message = "Invalid date. Use the form 2026-03-04."
        raise ValueError(message)
    return text


def _moment(text: Any) -> Any:
    """A time in ISO 8601. The plus of “+02:00” is a space if it was not encoded as %2B."""
    if not isinstance(text, str):
        return text
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:", text, re.ASCII):
        message = "Invalid date and time. Use the form 2026-03-04T12:00:00Z."
        raise ValueError(message)
    return re.sub(r" (\d\d:?\d\d)$", r"+\1", text)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        message = "This date and time are out of range."
        raise ValueError(message) from error


def _in_calendar(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        message = "This date is out of range."
        raise ValueError(message)
    return day


Word = Annotated[str, AfterValidator(_storable), Field(max_length=400)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_calendar)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_utc)]


class FieldsQuery(Schema):
    """Parameters of a single object."""

    fields: Word | None = Field(
        None,
        description="Comma-separated fields to return, such as `id,headline,url`. `id` is always included.",
    )


class ListQuery(FieldsQuery):
    """Parameters of a list."""

    limit: int = Field(20, ge=1, le=MOST, description="Results per page.")
    cursor: Word | None = Field(
        None, description="Cursor from `next` of the previous page, unchanged."
    )

    def filters(self) -> dict[str, Any]:
        """Filters and order of the list; a cursor is valid for these only."""
        return self.model_dump(
            mode="json", exclude={"fields", "limit", "cursor"}, exclude_none=True
        )


class ArticleListQuery(ListQuery):
    q: str | None = Field(
        None,
        description='Search query: words, `"a phrase"`, `-excluded`, `one OR another`. Sorted by relevance. Can be combined with every filter, and with every `order` except `changed`.',
    )
    category: Word | None = Field(
        None,
        description="Path of a category, such as `asia-pacific/japan`. Includes its subcategories.",
    )
    tag: Word | None = Field(None, description="Slug of a tag.")
    author: Word | None = Field(None, description="Slug of an author.")
    kind: Word | None = Field(None, description="Slug of an article type, such as `analysis`.")
    language: Word | None = Field(None, description="Code of a language, such as `en` or `ar`.")
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
    article: int | None = Field(None, ge=1, description="ID of an article that shows the images.")


class CommentListQuery(ListQuery):
    article: int | None = Field(None, ge=1, description="ID of the article the comments belong to.")
    since: Moment | None = Field(
        None, description="Written at or after this date and time, with time zone."
    )

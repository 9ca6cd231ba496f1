"""Names that readers know: what only drafts bear is not told, not even that it is there.

Sparse fields: only what was asked for is read and told.

What can be asked for: the parameters of the API, read and checked.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, Protocol

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.api.problems import refuse
from articles.editorial.listings import in_use
from articles.editorial.models import Scope
from iria.core.text.validators import validate_storable


def tags() -> "QuerySet[Tag]":
    """Tags of published articles."""
    return Tag.objects.filter(in_use(Scope.TAG))


def authors() -> "QuerySet[AuthorProfile]":
    """Authors of published articles."""
    return AuthorProfile.objects.filter(in_use(Scope.AUTHOR))


class Writer(Protocol):
    """Tells one field of a row."""

    def __call__(self, row: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Fields:
    """Every field of a thing, and which of them stand in lists and on its own page."""

    writers: Mapping[str, Writer]
    only_when_asked: Collection[str] = field(default=())
    """Long ones that lists leave out."""

    def chosen(self, asked: str | None, *, in_list: bool) -> list[str]:
        """The fields of an answer, in the order of the documentation; `id` is always there.

        Raises:
            Refused: there is no such field.
        """
        if asked is None or not asked.strip():
            left_out = self.only_when_asked if in_list else ()
            return [name for name in self.writers if name not in left_out]
        wanted = {"id", *(name.strip() for name in asked.split(",") if name.strip())}
        if unknown := wanted - self.writers.keys():
            known = ", ".join(self.writers)
            refuse("fields", f"There is no “{min(unknown)[:80]}”; there are {known}.")
        return [name for name in self.writers if name in wanted]

    def tell(self, row: Any, names: Collection[str]) -> dict[str, Any]:
        return {name: self.writers[name](row) for name in names}


MOST: Final = 100
FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 30)
"""Between these, a day has its moments in every zone."""


def _storable(text: str) -> str:
    try:
        validate_storable(text)
    except ValidationError as mistake:
        raise ValueError(" ".join(mistake.messages)) from mistake
    return text


def _day(text: Any) -> Any:
    """Written as a day; pydantic would also take a number of seconds."""
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        sentence = "This is no date; write one like 2026-03-04."
        raise ValueError(sentence)
    return text


def _moment(text: Any) -> Any:
    """Written as a moment. The plus of “+02:00” comes as a space where nobody wrote %2B."""
    if not isinstance(text, str):
        return text
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:", text, re.ASCII):
        sentence = "This is no moment; write one like 2026-03-04T12:00:00Z."
        raise ValueError(sentence)
    return re.sub(r" (\d\d:?\d\d)$", r"+\1", text)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as mistake:
        sentence = "This moment lies outside the calendar."
        raise ValueError(sentence) from mistake


def _in_calendar(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        sentence = "This day lies outside the calendar."
        raise ValueError(sentence)
    return day


Word = Annotated[str, AfterValidator(_storable), Field(max_length=400)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_calendar)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_utc)]


class Sparse(Schema):
    """For one thing."""

    fields: Word | None = Field(
        None, description="Only these fields, with commas: `id,headline,url`. `id` always comes."
    )


class Paged(Sparse):
    """For a list."""

    limit: int = Field(20, ge=1, le=MOST, description="How many on a page.")
    cursor: Word | None = Field(
        None, description="Where the page begins: from `next` of the page before, as it is."
    )

    def narrowing(self) -> dict[str, Any]:
        """What the list is narrowed and ordered by; a cursor holds for this alone."""
        return self.model_dump(
            mode="json", exclude={"fields", "limit", "cursor"}, exclude_none=True
        )


class ArticlesAsked(Paged):
    q: str | None = Field(
        None,
        description='Search: words, `"a phrase"`, `-without`, `one OR another`; the best first. '
        "Goes with every filter, and with `order` but for `changed`.",
    )
    category: Word | None = Field(
        None, description="Path of a category, such as `asia-pacific/japan`; what is below counts."
    )
    tag: Word | None = Field(None, description="Slug of a tag.")
    author: Word | None = Field(None, description="Slug of an author.")
    kind: Word | None = Field(None, description="Slug of a kind, such as `analysis`.")
    language: Word | None = Field(None, description="Code of a language, such as `en` or `ar`.")
    published_from: Day | None = Field(
        None, description="First day of publication, in the publication's time zone."
    )
    published_until: Day | None = Field(
        None, description="Last day of publication, itself included."
    )
    changed_since: Moment | None = Field(
        None,
        description="Published or changed at this moment or later, with its zone: "
        "`2026-03-04T12:00:00Z`.",
    )
    order: Literal["newest", "oldest", "changed"] | None = Field(
        None,
        description="`newest` (as if nothing was said), `oldest`, or `changed`: the longest "
        "unchanged first, to keep a copy in step with `changed_since`.",
    )


class PicturesAsked(Paged):
    article: int | None = Field(None, ge=1, description="Number of an article that shows them.")


class CommentsAsked(Paged):
    article: int | None = Field(None, ge=1, description="Number of the article they stand below.")
    since: Moment | None = Field(
        None, description="Written at this moment or later, with its zone."
    )

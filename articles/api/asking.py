"""What can be asked for: the parameters of the API, read and checked."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from django.core.exceptions import ValidationError
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from iria.kit.text import refuse_unstorable

MOST: Final = 100
FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 30)
"""Between these, a day has its moments in every zone."""


def _storable(text: str) -> str:
    try:
        refuse_unstorable(text)
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

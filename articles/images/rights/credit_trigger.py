"""When PostgreSQL refuses a published article with an uncredited picture (`picture_credits.sql`).

Forms refuse it first, in words. Only who was overtaken by somebody else in the very same moment
meets the database's refusal; what they asked for is then decided once more, on what stands now.
"""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.messages import get_messages
from django.db import IntegrityError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

CONSTRAINT: Final = "article_pictures_credited"


def is_the_guard(mistake: IntegrityError) -> bool:
    """Whether a transaction was refused because of a credit."""
    diagnosis = getattr(mistake.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == CONSTRAINT


def decided_on_what_stands[R: HttpResponseBase](request: HttpRequest, view: Callable[[], R]) -> R:
    """The view's answer; asked again where somebody overtook it, so that its form says the reason."""
    said: list[Any] = getattr(get_messages(request), "_queued_messages", [])
    before = len(said)
    try:
        return view()
    except IntegrityError as mistake:
        if not is_the_guard(mistake):
            raise
        # What was said of the first attempt did not come true.
        del said[before:]
        return view()

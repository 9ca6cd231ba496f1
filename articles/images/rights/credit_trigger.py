"""Handling of the trigger that refuses published articles with an uncredited image.

Forms check it first (the trigger is in `migrations/sql/picture_credits.sql`). Only a concurrent
change can get past that check; the request is then processed once more with the current rows.
"""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.messages import get_messages
from django.db import IntegrityError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

CONSTRAINT: Final = "article_pictures_credited"


def is_credit_error(error: IntegrityError) -> bool:
    """Whether the credit trigger refused the transaction."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == CONSTRAINT


def retry_if_uncredited[R: HttpResponseBase](request: HttpRequest, view: Callable[[], R]) -> R:
    """The view's response; on a credit error it runs again, so that its form shows the reason."""
    queued: list[Any] = getattr(get_messages(request), "_queued_messages", [])
    before = len(queued)
    try:
        return view()
    except IntegrityError as error:
        if not is_credit_error(error):
            raise
        # Drop the messages of the first attempt.
        del queued[before:]
        return view()

"""What is answered where PostgreSQL is away, the disk is full, or something broke.

Pages of their own that ask the database nothing. After a form they offer what was typed, to be sent
again; its right to be sent is checked then, as it would have been now.
"""

import errno
import re
import sys
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_from_request, gettext
from psycopg.errors import DiskFull

from articles.api import problems
from articles.api.view_wrapper import CORS_HEADERS
from articles.public.views import errors
from iria.core.db.outage import RETRY_AFTER, is_outage
from iria.core.http.csrf import SAFE_METHODS, is_foreign

SERVICE_UNAVAILABLE: Final = 503
INSUFFICIENT_STORAGE: Final = 507
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

SECRET: Final = re.compile(r"password|secret|^code$", re.IGNORECASE)
"""Fields that are never sent back; they are offered empty."""
MADE_BY_PAGES: Final = re.compile(r"token|seal|^_|_FORMS$|-id$", re.IGNORECASE)
"""Fields that no person fills in."""
LONGEST_WORD: Final = 60


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form, to be shown or sent again."""

    name: str
    value: str

    @property
    def label(self) -> str:
        return re.sub(r"[_-]+", " ", self.name).strip().capitalize()

    @property
    def is_secret(self) -> bool:
        return SECRET.search(self.name) is not None

    @property
    def is_typed(self) -> bool:
        """Whether a person may have typed it, and not a page made it."""
        if MADE_BY_PAGES.search(self.name) or not re.search(r"[^\W\d_]", self.value):
            return False
        words = self.value.split()
        return len(words) > 1 or "@" in self.value or 2 < len(words[0]) < LONGEST_WORD

    @property
    def is_long(self) -> bool:
        return len(self.value) > LONGEST_WORD or "\n" in self.value


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: Django calls it while the error is being handled."""
    error = sys.exc_info()[1]
    if is_full_disk(error):
        return unavailable(request, INSUFFICIENT_STORAGE)
    if is_outage(error):
        return unavailable(request, SERVICE_UNAVAILABLE)
    return errors.server_error(request)


def is_full_disk(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, says that no more can be written."""
    while error is not None:
        if isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno in FULL):
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


def unavailable(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith(problems.DOCUMENTATION):
        response = problems.unavailable_response()
        for name, value in CORS_HEADERS.items():
            response.headers[name] = value
    elif request.accepts("text/html"):
        response = _page(request, status)
    else:
        response = HttpResponse("Try again in a minute.\n", "text/plain", status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = RETRY_AFTER
    response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    # One line of the log tells of the whole outage; a full disk is worth a line each time.
    request.is_unavailable = status == SERVICE_UNAVAILABLE  # type: ignore[attr-defined]
    return response


def _page(request: HttpRequest, status: int) -> HttpResponse:
    # Not the publication's language, which only the database knows. The page is kept by no cache.
    with translation.override(get_language_from_request(request)):
        fields, files = _sent(request)
        context = {
            "site": settings.SITE_HOST,
            "address": request.get_full_path(),
            "retries": request.method not in SAFE_METHODS and not fields,
            "secrets": [field for field in fields if field.is_secret],
            "typed": [field for field in fields if field.is_typed and not field.is_secret],
            "hidden": [field for field in fields if not (field.is_typed or field.is_secret)],
            "files": files,
            "heading": gettext("The site is temporarily unavailable"),
            "sentence": gettext("It should be back in a few minutes."),
        }
        if status == INSUFFICIENT_STORAGE:
            context["heading"] = gettext("Not saved: no storage space left")
            context["sentence"] = gettext(
                "The disk of the server is full. The operators of the site need to free some space."
            )
        return HttpResponse(render_to_string("503.html", context), status=status)


def _sent(request: HttpRequest) -> tuple[list[Field], list[Field]]:
    """Fields and files of a form; none where another site sent it, or where it cannot be read."""
    try:
        if request.method != "POST" or is_foreign(request):
            return [], []
        sent, files = request.POST, request.FILES
    except (SuspiciousOperation, MultiPartParserError, RawPostDataException, OSError):
        return [], []
    fields = [Field(name, value) for name, values in sent.lists() for value in values]
    return fields, [Field(name, "") for name in files]

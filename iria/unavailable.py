"""Error pages for database outages, a full disk and other server errors.

They do not use the database. After a form they show the submitted text in a form, to submit it
again; permissions are checked then.
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
from iria.core.http.private_paths import SAFE_METHODS, is_foreign
from iria.core.text.language import direction_of

SERVICE_UNAVAILABLE: Final = 503
INSUFFICIENT_STORAGE: Final = 507
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

SECRET: Final = re.compile(r"password|secret|^code$", re.IGNORECASE)
"""Fields whose values are never shown; they are empty."""
GENERATED: Final = re.compile(r"token|seal|^_|_FORMS$|-id$", re.IGNORECASE)
"""Fields that users do not fill in."""
MAX_WORD_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form, to be shown and submitted again."""

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
        """Whether a user may have typed it."""
        if GENERATED.search(self.name) or not re.search(r"[^\W\d_]", self.value):
            return False
        words = self.value.split()
        return len(words) > 1 or "@" in self.value or 2 < len(words[0]) < MAX_WORD_LENGTH

    @property
    def is_long(self) -> bool:
        return len(self.value) > MAX_WORD_LENGTH or "\n" in self.value


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: Django calls it inside the exception handler."""
    error = sys.exc_info()[1]
    if is_full_disk(error):
        return unavailable(request, INSUFFICIENT_STORAGE)
    if is_outage(error):
        return unavailable(request, SERVICE_UNAVAILABLE)
    return errors.server_error(request)


def is_full_disk(error: BaseException | None) -> bool:
    """Whether an error or one of its causes is a full disk."""
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
    # An outage has its own log line; a full disk is logged each time.
    request.is_unavailable = status == SERVICE_UNAVAILABLE  # type: ignore[attr-defined]
    return response


def _page(request: HttpRequest, status: int) -> HttpResponse:
    # The language of the publication is in the database. The page is not cached.
    with translation.override(get_language_from_request(request)):
        fields, files = _submitted(request)
        context = {
            "direction": direction_of(translation.get_language() or settings.LANGUAGE_CODE),
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


def _submitted(request: HttpRequest) -> tuple[list[Field], list[Field]]:
    """The fields and files of a form; none if another site sent it or it cannot be parsed."""
    try:
        if request.method != "POST" or is_foreign(request):
            return [], []
        submitted, files = request.POST, request.FILES
    except (SuspiciousOperation, MultiPartParserError, RawPostDataException, OSError):
        return [], []
    fields = [Field(name, value) for name, values in submitted.lists() for value in values]
    return fields, [Field(name, "") for name in files]

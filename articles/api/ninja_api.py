"""The interface itself: what is registered here is answered under `/api/v1/`."""

import logging
from typing import Any, Final

from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from articles.api.problems import (
    BROKEN,
    NOT_FOUND,
    PARAMETER,
    ParameterMistake,
    Refused,
    problem,
    unavailable,
)
from iria.core.db.outage import is_outage

NOTHING: Final = "Nothing public has this number."
log = logging.getLogger("django.request")


class PlainJson(JSONRenderer):
    """JSON with the letters of every script as they are."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Content API",
    version="1",
    urls_namespace="api",
    # The document is completed and the page drawn by `reference`: no script from elsewhere.
    docs_url=None,
    openapi_url="",
    renderer=PlainJson(),
)


@api.exception_handler(Refused)
def refused(request: HttpRequest, mistake: Refused) -> HttpResponse:
    return problem(mistake.kind, mistake.detail, mistake.errors)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, mistake: Http404) -> HttpResponse:
    return problem(NOT_FOUND, NOTHING)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, mistake: ValidationError) -> HttpResponse:
    """Parameters that pydantic refused, each with its reason."""
    errors = [
        ParameterMistake(parameter=str(each["loc"][-1]), detail=_sentence(each))
        for each in mistake.errors
    ]
    names = ", ".join(dict.fromkeys(each["parameter"] for each in errors))
    return problem(PARAMETER, f"These parameters cannot be used: {names}.", errors)


@api.exception_handler(Exception)
def broken(request: HttpRequest, mistake: Exception) -> HttpResponse:
    """Told like any other problem, and written down as Django would."""
    if is_outage(mistake):
        request.is_unavailable = True  # type: ignore[attr-defined]
        return unavailable()
    got_request_exception.send(sender=None, request=request)
    log.error("The API broke at %s", request.path, exc_info=mistake, extra={"request": request})
    return problem(BROKEN, "This should not have happened, and was written down.")


def _sentence(error: dict[str, Any]) -> str:
    words = str(error["msg"]).removeprefix("Value error, ")
    return words if words.endswith(".") else f"{words}."

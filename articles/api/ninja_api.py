"""The `NinjaAPI` with all operations below `/api/v1/`."""

import logging
from typing import Any, Final

from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from articles.api.problems import (
    NOT_FOUND,
    PARAMETER,
    SERVER_ERROR,
    ApiError,
    ParameterError,
    problem_response,
    unavailable_response,
)
from iria.core.db.outage import is_outage

ABOUT: Final = "Read-only access to everything readers can see. No API key is needed, and every response is JSON, errors included."
NOTHING: Final = "No public object has this ID."
log = logging.getLogger("django.request")


class PlainJson(JSONRenderer):
    """JSON without escaped non-ASCII characters."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Content API",
    version="1",
    description=ABOUT,
    openapi_extra={
        "info": {"summary": "Articles, images with credits, authors and comments."},
    },
    servers=[{"url": "/"}],
    urls_namespace="api",
    # `openapi` renders the document and the documentation page, without third-party scripts.
    docs_url=None,
    openapi_url="",
    renderer=PlainJson(),
)


@api.exception_handler(ApiError)
def api_error_response(request: HttpRequest, error: ApiError) -> HttpResponse:
    return problem_response(error.kind, error.detail, error.errors)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(NOT_FOUND, NOTHING)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters that pydantic rejected, each with its reason."""
    errors = [
        ParameterError(parameter=str(each["loc"][-1]), detail=_error_message(each))
        for each in error.errors
    ]
    names = ", ".join(dict.fromkeys(each["parameter"] for each in errors))
    return problem_response(PARAMETER, f"Invalid parameters: {names}.", errors)


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Returns a problem response and logs the error as Django does."""
    if is_outage(error):
        request.is_unavailable = True  # type: ignore[attr-defined]
        return unavailable_response()
    got_request_exception.send(sender=None, request=request)
    log.error("API error at %s", request.path, exc_info=error, extra={"request": request})
    return problem_response(SERVER_ERROR, "An unexpected error occurred and was logged.")


def _error_message(error: dict[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."

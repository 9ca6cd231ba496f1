"""Logs for programs: one JSON object a line (`LOG_FORMAT=json`), with the request or job it belongs to."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from iria.core.http.headers import GetResponse, is_trusted_proxy

HEADER: Final = "X-Request-ID"
VALID: Final = re.compile(r"[A-Za-z0-9._-]{8,128}")

_current: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class RequestIds:
    """Gives each request an id: that of the proxy, so that the logs of both can be compared, or a new one.

    A response that reports an error of the server carries it. Others do not: a cache would repeat it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = _request_id(request)  # type: ignore[attr-defined]
        token = _current.set(request)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        if response.status_code >= 500:
            response.headers[HEADER] = request.request_id  # type: ignore[attr-defined]
        return response


def _request_id(request: HttpRequest) -> str:
    given = str(request.META.get("HTTP_X_REQUEST_ID", ""))
    is_trusted = is_trusted_proxy(str(request.META.get("REMOTE_ADDR") or ""))
    return given if is_trusted and VALID.fullmatch(given) else uuid4().hex


def current_request_id() -> str:
    """The id of the request that this thread answers; empty outside of one."""
    return str(getattr(_current.get(), "request_id", ""))


class JsonFormatter(logging.Formatter):
    """A record as a JSON object. Of a request it contains the route, whose parameters may be secret links."""

    def format(self, record: logging.LogRecord) -> str:
        request = _request_of(record)
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _without_parameters(record.getMessage(), request),
            **_of_request(request),
            **_of_job(record),
        }
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def _request_of(record: logging.LogRecord) -> HttpRequest | None:
    """Django logs responses after all middleware, and adds the request to the record."""
    given = getattr(record, "request", None)
    return given if isinstance(given, HttpRequest) else _current.get()


def _without_parameters(message: str, request: HttpRequest | None) -> str:
    """The message with the route in place of the path, which Django logs."""
    match = request and request.resolver_match
    if request is None or not match or not (match.args or match.kwargs):
        return message
    return message.replace(request.path, f"/{match.route}")


def _of_request(request: HttpRequest | None) -> dict[str, Any]:
    if request is None:
        return {}
    match = request.resolver_match
    values = {
        "request_id": getattr(request, "request_id", None),
        "method": request.method,
        "route": match.route if match else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _of_job(record: logging.LogRecord) -> dict[str, Any]:
    """Procrastinate adds the job to its records, and how long it took to the last one."""
    job = getattr(record, "job", None)
    if not isinstance(job, dict):
        return {}
    seconds = getattr(record, "duration", None)
    took = {} if seconds is None else {"seconds": round(seconds, 3)}
    return {"job_id": job.get("id"), "job": job.get("task_name"), **took}


class EndedJobs(logging.Filter):
    """Lets one line for each job through, the one with its duration, and every warning and error."""

    def filter(self, record: logging.LogRecord) -> bool:
        action = str(getattr(record, "action", ""))
        return record.levelno > logging.INFO or action.startswith("job_")

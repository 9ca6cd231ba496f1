"""Logs SQL statements that take long (`SLOW_QUERY_MS`), without their parameters, which may be personal."""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from django.conf import settings

from iria.core.http.request_log import current_request_id

LONGEST: Final = 2_000
"""Characters of a statement."""

logger = logging.getLogger("iria.slow_queries")


def log_slow(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Django calls this around each statement (`execute_wrapper`)."""
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        milliseconds = (perf_counter() - began) * 1000
        if milliseconds >= settings.SLOW_QUERY_MS:
            text = " ".join(str(sql).split())[:LONGEST]
            logger.warning("%.0f ms, request %s: %s", milliseconds, current_request_id(), text)

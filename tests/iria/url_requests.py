"""Sends requests to many URLs and reports wrong responses."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.test import Client

from tests.proofs.size import sized


def share_of[T](items: Iterable[T], turn: int, shares: int = 20) -> list[T]:
    """A share of the items for each URL; all URLs together get all of them. At full size each gets all."""
    shares = sized(shares, 1)
    return list(items)[turn % shares :: shares]


def with_query(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"


def request_error(client: Client, method: str, url: str, **kwargs: Any) -> str:
    """The problem of the response, or an empty text. Changes to the database are rolled back."""
    with transaction.atomic():
        response = client.generic(method, url, **kwargs)
        transaction.set_rollback(True)
    where = f"{method} {url[:160]} {str(kwargs.get('data', b''))[:100]} {kwargs.get('content_type', '')}"
    if response.status_code >= 500:
        kind, error = (getattr(response, "exc_info", None) or (None, None))[:2]
        return f"{response.status_code} {where}: {getattr(kind, '__name__', '')} {str(error)[:160]}"
    if redirects_away(response.headers.get("Location", "")):
        return f"redirects to {response['Location']}: {where}"
    return ""


def redirects_away(location: str) -> bool:
    """Whether a browser would leave the site; browsers treat backslashes as slashes and ignore tabs."""
    normalised = re.sub(r"[\t\r\n]", "", location).replace("\\", "/")
    if re.match(r"[a-z]+:/*|//+", normalised, re.I):
        host = urlsplit(re.sub(r"^([a-z]+:)?/*", r"https://", normalised)).hostname
        return host not in {"testserver", "127.0.0.1"}
    return False


def errors_of(results: Iterable[str]) -> list[str]:
    return [each for each in results if each]

"""Sending to many addresses and telling what was wrong with the answers."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.test import Client

from tests.proofs.size import sized


def dealt[T](things: Iterable[T], turn: int, hands: int = sized(20, 1)) -> list[T]:
    """A share of the things: each page gets some, all pages together get all; each all in full."""
    return list(things)[turn % hands :: hands]


def with_query(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


def sends(client: Client, method: str, address: str, **kwargs: Any) -> str:
    """What is wrong with the answer; an empty text when nothing is. Nothing stays in the database."""
    with transaction.atomic():
        answer = client.generic(method, address, **kwargs)
        transaction.set_rollback(True)
    where = f"{method} {address[:160]} {str(kwargs.get('data', b''))[:100]} {kwargs.get('content_type', '')}"
    if answer.status_code >= 500:
        kind, error = (getattr(answer, "exc_info", None) or (None, None))[:2]
        return f"{answer.status_code} {where}: {getattr(kind, '__name__', '')} {str(error)[:160]}"
    if leads_elsewhere(answer.headers.get("Location", "")):
        return f"leads to {answer['Location']}: {where}"
    return ""


def leads_elsewhere(location: str) -> bool:
    """Where a browser would end up, which reads backslashes as slashes and passes over tabs."""
    seen = re.sub(r"[\t\r\n]", "", location).replace("\\", "/")
    if re.match(r"[a-z]+:/*|//+", seen, re.I):
        host = urlsplit(re.sub(r"^([a-z]+:)?/*", r"https://", seen)).hostname
        return host not in {"testserver", "127.0.0.1"}
    return False


def wrong(found: Iterable[str]) -> list[str]:
    return [each for each in found if each]

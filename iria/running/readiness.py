"""Waiting until the site says that it can serve, and that its worker lives."""

import http.client
import json
import time
from urllib.parse import urlsplit

from iria.running.supervisor import Child
from iria.running.telling import StartError

SECONDS = 90
ENDPOINTS = ("/readyz", "/readyz/worker/")


def wait(address: str, children: list[Child]) -> None:
    """Return when all is ready; refuse when a child dies first, or at the end of patience."""
    deadline = time.monotonic() + SECONDS
    missing = "it does not answer"
    while time.monotonic() < deadline:
        for child in children:
            if child.ended:
                raise StartError(f"The {child.name} does not start: {child.why()}")
        try:
            status, missing = ask(address)
        except (OSError, http.client.HTTPException):
            status = 0
        if status == http.client.OK:
            return
        time.sleep(0.1)
    raise StartError(
        f"The site is not ready after {SECONDS} s ({missing}); see {children[0].log.parent}."
    )


def ask(address: str) -> tuple[int, str]:
    """The status of the first endpoint that is not ready, and in words what is missing."""
    place = urlsplit(address)
    asking = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=5)
    try:
        for endpoint in ENDPOINTS:
            asking.request("GET", endpoint)
            answer = asking.getresponse()
            body = answer.read()
            if answer.status != http.client.OK:
                return answer.status, _missing(answer.status, body)
    finally:
        asking.close()
    return http.client.OK, ""


def _missing(status: int, body: bytes) -> str:
    try:
        parts: dict[str, object] = json.loads(body)
    except ValueError:
        return f"it answers {status}"
    return ", ".join(f"no {name}" for name, ready in parts.items() if ready is False)

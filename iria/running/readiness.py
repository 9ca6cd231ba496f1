"""Waiting until the site says that it can serve."""

import http.client
import json
import time
from urllib.parse import urlsplit

from iria.running.supervisor import Child
from iria.running.telling import StartError

SECONDS = 90


def wait(address: str, surroundings: dict[str, str], children: list[Child]) -> None:
    """Return when `/readyz` answers 200; refuse when a child dies first, or at the end of patience."""
    deadline = time.monotonic() + SECONDS
    missing = "it does not answer"
    while time.monotonic() < deadline:
        for child in children:
            if child.ended:
                raise StartError(f"The {child.name} does not start: {child.why()}")
        try:
            status, missing = ask(address, surroundings)
        except (OSError, http.client.HTTPException):
            status = 0
        if status == http.client.OK:
            return
        time.sleep(0.1)
    raise StartError(
        f"The site is not ready after {SECONDS} s ({missing}); see {children[0].log.parent}."
    )


def ask(address: str, surroundings: dict[str, str]) -> tuple[int, str]:
    """The status of `/readyz`, and in words what is not ready."""
    host = surroundings["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".").replace("*", "127.0.0.1")
    place = urlsplit(address)
    asking = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=5)
    try:
        asking.request("GET", "/readyz", headers={"Host": host, "Connection": "close"})
        answer = asking.getresponse()
        try:
            parts = json.loads(answer.read())
        except ValueError:
            return answer.status, f"it answers {answer.status}"
        return answer.status, ", ".join(f"no {name}" for name, ready in parts.items() if not ready)
    finally:
        asking.close()

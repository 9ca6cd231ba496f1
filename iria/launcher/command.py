"""The environment of a command: which database, which key, which site URL.

`manage.py` runs in `command_environment()` and so finds the private cluster running, or runs it for
the length of the command. With a DATABASE_URL of your own nothing is added to what you set.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from iria.launcher import paths
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError, describe_os_error

TRY_OUT = "IRIA_TRY_OUT"
"""Tells the settings that this is `make run`, or a command beside it: a weak SECRET_KEY is accepted
where nobody else can reach the site."""


@contextmanager
def command_environment() -> Iterator[None]:
    """For `manage.py`: set what is not set; exit with one sentence if that fails."""
    with ExitStack() as stack:
        try:
            if not paths.settings(paths.PROJECT).get("DATABASE_URL"):
                state = paths.state_folder()
                url = stack.enter_context(Cluster(state).running())
                os.environ.update(_private_environment(state, url))
        except StartError as error:
            sys.exit(str(error))
        except OSError as error:
            sys.exit(describe_os_error(error))
        yield


def _private_environment(state: Path, database_url: str) -> dict[str, str]:
    """What a command needs to work on the site that `make run` made here."""
    found = {"DATABASE_URL": database_url, "IRIA_STATE": str(state), TRY_OUT: "yes"}
    settings = paths.settings(paths.PROJECT)
    if not settings.get("SECRET_KEY") and (state / "secret-key").exists():
        found["SECRET_KEY"] = paths.stored_secret(state / "secret-key")
    if not settings.get("SITE_URL") and (url := last_run(state).get("url")):
        found["SITE_URL"] = url
    return found


def last_run(state: Path) -> dict[str, Any]:
    """The processes (`pid`, `children`) and the `url` of the running or last `make run`."""
    try:
        found = json.loads((state / "run.json").read_text())
        return {**found, "url": found["url"], "children": [int(pid) for pid in found["children"]]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def store_run(state: Path, url: str, children: list[int]) -> None:
    run = {"pid": os.getpid(), "url": url, "children": children}
    paths.write_atomically(state / "run.json", json.dumps(run) + "\n")


@contextmanager
def database(state: Path) -> Iterator[tuple[str, Cluster | None]]:
    """The database that DATABASE_URL names, else our own cluster for the length of the block."""
    if url := paths.settings(paths.PROJECT).get("DATABASE_URL"):
        yield url, None
        return
    cluster = Cluster(state)
    with cluster.running() as url:
        yield url, cluster


def site_environment(state: Path, database_url: str, url: str) -> dict[str, str]:
    """The whole environment of the site's own processes under `make run`."""
    found = {"PYTHONUNBUFFERED": "1", "PGCONNECT_TIMEOUT": "10"} | paths.settings(paths.PROJECT)
    found |= {"IRIA_STATE": str(state), "DATABASE_URL": database_url, TRY_OUT: "yes"}
    # Stored bytecode makes every start after the first one shorter by half.
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    found["SECRET_KEY"] = found.get("SECRET_KEY") or paths.stored_secret(state / "secret-key")
    found["SITE_URL"] = found.get("SITE_URL") or url
    host = urlsplit(found["SITE_URL"]).hostname or "127.0.0.1"
    hosts = ",".join(dict.fromkeys((host, "127.0.0.1", "localhost", "[::1]")))
    found["ALLOWED_HOSTS"] = found.get("ALLOWED_HOSTS") or hosts
    return found

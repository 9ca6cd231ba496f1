"""The environment of the site and of `manage.py` commands: database, secret key and URL."""

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
"""Set by `make run` and for commands beside it: the settings accept a weak SECRET_KEY
if only this machine can reach the site."""


@contextmanager
def command_environment() -> Iterator[None]:
    """For `manage.py`: set the variables of the site of `make run`; exit with a message if that fails.

    With your own DATABASE_URL the environment is not changed.
    """
    with ExitStack() as stack:
        try:
            state = paths.state_folder()
            url, cluster = stack.enter_context(database(state))
            if cluster:
                found = {"DATABASE_URL": url, "IRIA_STATE": str(state), TRY_OUT: "yes"}
                given = paths.settings(paths.PROJECT)
                if not given.get("SECRET_KEY") and (state / "secret-key").exists():
                    found["SECRET_KEY"] = paths.stored_secret(state / "secret-key")
                if not given.get("SITE_URL") and (site := last_run(state).get("url")):
                    found["SITE_URL"] = site
                os.environ.update(found)
        except StartError as error:
            sys.exit(str(error))
        except OSError as error:
            sys.exit(describe_os_error(error))
        yield


@contextmanager
def database(state: Path) -> Iterator[tuple[str, Cluster | None]]:
    """The database of DATABASE_URL, else the private cluster for the duration of the block."""
    if url := paths.settings(paths.PROJECT).get("DATABASE_URL"):
        yield url, None
        return
    cluster = Cluster(state)
    with cluster.running() as url:
        yield url, cluster


def site_environment(state: Path, database_url: str, url: str) -> dict[str, str]:
    """The environment of the processes of `make run`."""
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

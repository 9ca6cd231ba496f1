"""The environment of the site, of `manage.py` and of checks: database, secret key and URL."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from iria.launcher import paths, postmaster, preparation, processes
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError, describe_os_error

TRY_OUT = "IRIA_TRY_OUT"
"""If only this machine can reach the site, the settings accept a weak SECRET_KEY."""


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
                variables = {"DATABASE_URL": url, "IRIA_STATE": str(state), TRY_OUT: "yes"}
                own = paths.settings(paths.PROJECT)
                if not own.get("SECRET_KEY") and (state / "secret-key").exists():
                    variables["SECRET_KEY"] = paths.stored_secret(state / "secret-key")
                if not own.get("SITE_URL") and (site := last_run(state).get("url")):
                    variables["SITE_URL"] = site
                os.environ.update(variables)
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
    environment = {"PYTHONUNBUFFERED": "1", "PGCONNECT_TIMEOUT": "10"} | paths.settings(
        paths.PROJECT
    )
    environment |= {"IRIA_STATE": str(state), "DATABASE_URL": database_url, TRY_OUT: "yes"}
    # Stored bytecode makes every start after the first one shorter by half.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["SECRET_KEY"] = environment.get("SECRET_KEY") or paths.stored_secret(
        state / "secret-key"
    )
    environment["SITE_URL"] = environment.get("SITE_URL") or url
    host = urlsplit(environment["SITE_URL"]).hostname or "127.0.0.1"
    hosts = ",".join(dict.fromkeys((host, "127.0.0.1", "localhost", "[::1]")))
    environment["ALLOWED_HOSTS"] = environment.get("ALLOWED_HOSTS") or hosts
    return environment


def check(kind: str, *command: str) -> int:
    """Run a command with settings and a database of its own, which is `durable` or `throwaway`."""
    preparation.make_environment(preparation.FOR_DEVELOPING)
    inherited = {name: value for name, value in os.environ.items() if name[:4] != "MAKE"}
    with tempfile.TemporaryDirectory(prefix="iria-checks-", ignore_cleanup_errors=True) as state:
        Path(state).chmod(0o755)  # the user of the database needs access
        with Cluster(Path(state), durable=kind == "durable").running() as url:
            environment = inherited | {
                "IRIA_STATE": state,
                "IRIA_NEW_DATABASE": postmaster.DATABASE,
                "DATABASE_URL": url,
                "SECRET_KEY": secrets.token_urlsafe(64),
                "SITE_URL": "http://127.0.0.1:8000",
                "ALLOWED_HOSTS": "127.0.0.1,localhost",
                "DEBUG": "no",
                # Bytecode is shared by the many processes of a run.
                "PYTHONDONTWRITEBYTECODE": "",
            }
            running = subprocess.Popen(
                command,
                cwd=paths.PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )
            try:
                return running.wait()
            finally:
                processes.send_group(running.pid, signal.SIGKILL)


def last_run(state: Path) -> dict[str, Any]:
    """The processes (`pid`, `children`) and the `url` of the running or last `make run`."""
    try:
        run = json.loads((state / "run.json").read_text())
        return {**run, "url": run["url"], "children": [int(pid) for pid in run["children"]]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def store_run(state: Path, url: str, children: list[int]) -> None:
    run = {"pid": os.getpid(), "url": url, "children": children}
    paths.write_atomically(state / "run.json", json.dumps(run) + "\n")

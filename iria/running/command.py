"""What surrounds a command: which database, which key, which address.

`manage.py` says

    with command.surroundings():
        execute_from_command_line(sys.argv)

and so finds the private cluster running, or has it run for the length of the command. Whoever
sets DATABASE_URL gets exactly what they set, and nothing from here.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from iria.running import places, record, settings_file
from iria.running.cluster import Cluster
from iria.running.telling import StartError, sentence_about

TRY_OUT = "IRIA_TRY_OUT"
"""Tells the settings that this is `make run`, or a command beside it: a weak SECRET_KEY is accepted
where nobody else can reach the site."""


@contextmanager
def surroundings() -> Iterator[None]:
    """For `manage.py`: fill in the environment what is not set; one sentence if that fails."""
    with ExitStack() as stack:
        try:
            settings = settings_file.environment(places.PROJECT)
            if not settings.get("DATABASE_URL"):
                state = places.state_folder()
                url = stack.enter_context(Cluster(state).held())
                os.environ.update(_private(state, url, settings))
        except StartError as why:
            sys.exit(str(why))
        except OSError as trouble:
            sys.exit(sentence_about(trouble))
        yield


def _private(state: Path, url: str, settings: dict[str, str]) -> dict[str, str]:
    """What a command needs to work on the newsroom that `make run` made here."""
    found = {"DATABASE_URL": url, "IRIA_STATE": str(state), TRY_OUT: "yes"}
    key = state / "secret-key"
    if not settings.get("SECRET_KEY") and key.exists():
        found["SECRET_KEY"] = places.kept_secret(key)
    last = record.read(state)
    if last and not settings.get("SITE_URL"):
        found["SITE_URL"] = last.address
    return found


@contextmanager
def database(state: Path) -> Iterator[tuple[str, Cluster | None]]:
    """The database somebody named, else our own cluster for the length of the block."""
    if named := settings_file.environment(places.PROJECT).get("DATABASE_URL"):
        yield named, None
        return
    cluster = Cluster(state)
    with cluster.held() as url:
        yield url, cluster


def for_site(state: Path, url: str, address: str) -> dict[str, str]:
    """The whole environment of the site's own processes under `make run`."""
    filled = settings_file.environment(places.PROJECT)
    filled |= {"IRIA_STATE": str(state), "DATABASE_URL": url, TRY_OUT: "yes"}
    filled.setdefault("PYTHONUNBUFFERED", "1")
    # Kept bytecode makes every start after the first one shorter by half.
    filled.pop("PYTHONDONTWRITEBYTECODE", None)
    filled.setdefault("PGCONNECT_TIMEOUT", "10")
    if not filled.get("SECRET_KEY"):
        filled["SECRET_KEY"] = places.kept_secret(state / "secret-key")
    if not filled.get("SITE_URL"):
        filled["SITE_URL"] = address
    if not filled.get("ALLOWED_HOSTS"):
        names = [urlsplit(filled["SITE_URL"]).hostname or "127.0.0.1"]
        names += [name for name in ("127.0.0.1", "localhost", "[::1]") if name not in names]
        filled["ALLOWED_HOSTS"] = ",".join(names)
    return filled

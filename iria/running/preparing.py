"""What has to be done to a database and a state folder before the site can serve from them.

`manage.py prepare` does it, in one process: migrations, static files, and once
the demo newsroom. When nothing it depends on has changed since, it is passed over.
"""

import hashlib
import json
import secrets
import subprocess
from pathlib import Path

from iria.running.places import PROJECT, make_private_file, shown, write_whole
from iria.running.telling import StartError, last_words, say, tells_of_a_full_disk

DEMO_EDITOR = "demo-editor.txt"
_TYPED = "abcdefghjkmnpqrstuvwxyz23456789"
_HOUSES = ("iria", "accounts", "articles", "newsletter")
_SOURCES = (
    "static/**/*",
    "iria/management/commands/*.py",
    *(f"{house}/**/migrations/**/*.{kind}" for house in _HOUSES for kind in ("py", "sql")),
    *(f"{house}/**/static/**/*" for house in _HOUSES),
)


def prepare(state: Path, python: Path, surroundings: dict[str, str], *, private: bool) -> None:
    """Prepare, unless a private cluster was prepared from these very sources before."""
    stamp = state / "prepared.json"
    wanted = _fingerprint(surroundings) if private else ""
    if private and _read(stamp).get("sources") == wanted:
        return
    say("Preparing the database and the static files, the first time also the demo newsroom.")
    manage(state, python, surroundings, "prepare")
    if private:
        write_whole(stamp, json.dumps({"sources": wanted}))


def manage(state: Path, python: Path, surroundings: dict[str, str], *arguments: str) -> str:
    """Run a `manage.py` command; its last words in one sentence if it fails."""
    log = make_private_file(state / "log" / f"{arguments[0]}.log")
    done = subprocess.run(
        [str(python), "manage.py", *arguments],
        cwd=PROJECT,
        env=surroundings | {"IRIA_DEMO_PASSWORD": demo_password(state)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    log.write_text(done.stdout)
    if done.returncode:
        raise _failure(arguments[0], done.stdout, log)
    return done.stdout


def _failure(name: str, said: str, log: Path) -> StartError:
    """The one sentence for a command that failed."""
    if tells_of_a_full_disk(said):
        return StartError(f"The disk is full; `manage.py {name}` could not finish.")
    if len(lines := said.strip().splitlines()) == 1:
        # A sentence already, about a setting or a table in use.
        return StartError(lines[0].removeprefix("CommandError: "))
    why = last_words(said).removeprefix("django.db.utils.").rstrip(".")
    if "OperationalError" in why or "connection failed" in why:
        why = why.removeprefix("OperationalError: ")
        return StartError(f"The database that DATABASE_URL names does not answer: {why}.")
    return StartError(f"`manage.py {name}` failed: {why} (more in {shown(log)}).")


def demo_password(state: Path) -> str:
    """The demo editor's password: random, made at the first call, kept where only we can read it."""
    file = state / DEMO_EDITOR
    if not file.exists():
        # To be read from a screen and typed: four groups, nothing that looks like something else.
        groups = ("".join(secrets.choice(_TYPED) for _ in range(4)) for _ in range(4))
        write_whole(file, "-".join(groups) + "\n")
    return file.read_text().split()[-1]


def how_to_sign_in(state: Path) -> str:
    """The demo editor's address and password, as they were when the demo newsroom was loaded."""
    *address, password = (state / DEMO_EDITOR).read_text().split()
    if not address:
        return "with your own account; `manage.py createsuperuser` makes one"
    return f"{address[0]} with the password {password} (kept in {shown(state / DEMO_EDITOR)})"


def _read(stamp: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return {}
    return found


def _fingerprint(surroundings: dict[str, str]) -> str:
    """One value for all that preparing depends on: sources by size and time, packages, database."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(PROJECT.glob(pattern)):
            if path.is_file():
                about = path.stat()
                line = f"{path.relative_to(PROJECT)} {about.st_size} {about.st_mtime_ns}\n"
                digest.update(line.encode())
    digest.update((PROJECT / "requirements.txt").read_bytes())
    password = surroundings["DATABASE_URL"].rpartition("@")[0]
    digest.update(f"{password} {surroundings.get('DEBUG')}".encode())
    return digest.hexdigest()

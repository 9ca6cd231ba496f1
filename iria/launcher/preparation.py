"""Prepares a database and a state folder for the site.

`manage.py prepare` runs migrations, collects static files and loads the demo newsroom once. If nothing it
depends on has changed, it is skipped.
"""

import hashlib
import json
import secrets
import subprocess
from pathlib import Path

from iria.launcher.output import StartError, failure, info, is_disk_full
from iria.launcher.paths import PROJECT, display_path, make_private_file, write_atomically

DEMO_EDITOR = "demo-editor.txt"
_TYPEABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_APPS = ("iria", "accounts", "articles", "newsletter")
_SOURCES = (
    *("requirements.txt", "static/**/*", "iria/management/commands/*.py"),
    *(f"{app}/**/migrations/**/*.{kind}" for app in _APPS for kind in ("py", "sql")),
    *(f"{app}/**/static/**/*" for app in _APPS),
)


def prepare(state: Path, python: Path, environment: dict[str, str], *, private: bool) -> None:
    """Prepare, unless this private cluster was prepared from the same sources before."""
    stamp = state / "prepared.json"
    sources = _fingerprint(environment)
    if private and stamp.exists() and stamp.read_text() == sources:
        return
    info("Preparing the database and the static files, the first time also the demo newsroom.")
    manage(state, python, environment, "prepare")
    write_atomically(stamp, sources)


def manage(state: Path, python: Path, environment: dict[str, str], *arguments: str) -> None:
    """Run a `manage.py` command; raise StartError if it fails."""
    log = make_private_file(state / "log" / f"{arguments[0]}.log")
    with log.open("w") as output:
        done = subprocess.run(
            [python, "manage.py", *arguments],
            cwd=PROJECT,
            env=environment | {"IRIA_DEMO_PASSWORD": demo_password(state)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    if done.returncode:
        text = log.read_text(errors="replace").strip()
        if "\n" not in text and not is_disk_full(text):
            # Already a message for the user.
            raise StartError(text.removeprefix("CommandError: "))
        raise failure(f"`manage.py {arguments[0]}` failed", text, log)


def demo_password(state: Path) -> str:
    """The random password of the demo editor; created by the first call, in a private file."""
    file = state / DEMO_EDITOR
    if not file.exists():
        # Easy to type: four groups, without similar characters.
        letters = [secrets.choice(_TYPEABLE) for _ in range(16)]
        groups = ("".join(letters[start : start + 4]) for start in range(0, 16, 4))
        write_atomically(file, "-".join(groups) + "\n")
    return file.read_text().split()[-1]


def how_to_sign_in(state: Path) -> str:
    """The demo editor's e-mail address and password, from when the demo newsroom was loaded."""
    *email, password = (state / DEMO_EDITOR).read_text().split()
    if not email:
        return "with your own account; `manage.py createsuperuser` makes one"
    return f"{email[0]} with the password {password} (from {display_path(state / DEMO_EDITOR)})"


def _fingerprint(environment: dict[str, str]) -> str:
    """A fingerprint of everything the preparation depends on: size and time of sources, and the database."""
    password = environment["DATABASE_URL"].rpartition("@")[0]
    lines = [f"{password} {environment.get('DEBUG')}"]
    for path in sorted(path for pattern in _SOURCES for path in PROJECT.glob(pattern)):
        if path.is_file():
            file_stat = path.stat()
            lines.append(f"{path.relative_to(PROJECT)} {file_stat.st_size} {file_stat.st_mtime_ns}")
    return json.dumps({"sources": hashlib.sha256("\n".join(lines).encode()).hexdigest()})

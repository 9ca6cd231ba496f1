"""`make test`, `make prove-small`, `make prove`, `make bench`: their programs, settings and database.

What they run is in the Makefile.
"""

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from iria.launcher import cluster_creation, processes, virtualenv
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError, info, run_program
from iria.launcher.paths import PROJECT, make_private_file

PROGRAMS = {
    "chromium-headless-shell": "chromium-headless-shell",
    "default-jre-headless": "java",
    "libimage-exiftool-perl": "exiftool",
    "nodejs": "node",
    "npm": "npm",
    "git": "git",
    "nginx": "nginx",
    "openssl": "openssl",
}
"""Debian's package for each program."""

CHECKERS = PROJECT / "tests" / "browser"


def check(kind: str, *command: str) -> int:
    """Run a command that checks the project; 1 if the machine lacks a program for it.

    Args:
        kind: `durable` for a database that writes through like a real one, else `throwaway`.
    """
    virtualenv.ensure(virtualenv.FOR_DEVELOPING)
    lacks_programs = 0
    try:
        install_programs()
        install_checkers()
    except StartError as error:
        info(str(error))
        lacks_programs = 1
    folder = Path(tempfile.mkdtemp(prefix="iria-checks-"))
    folder.chmod(0o755)  # the database's user has to enter
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    settings = {
        "IRIA_STATE": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SITE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DEBUG": "no",
        "IRIA_NEW_DATABASE": cluster_creation.DATABASE,
        # What one process has compiled, the many after it need not.
        "PYTHONDONTWRITEBYTECODE": "",
    }
    try:
        with Cluster(folder, durable=kind == "durable").running() as url:
            return _run(command, outside | settings | {"DATABASE_URL": url}) or lacks_programs
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: tuple[str, ...], environment: dict[str, str]) -> int:
    """Run a program to its end; whatever it has started ends with it."""
    running = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=processes.die_with_parent(signal.SIGTERM),
    )
    try:
        return running.wait()
    finally:
        processes.send_group(running.pid, signal.SIGKILL)
        running.wait()


def install_programs() -> None:
    """Install what is missing as root on Debian; elsewhere raise one sentence that names it."""
    if not (missing := _missing()):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StartError(
            f"The checks need {', '.join(missing)} (Debian's names), which this machine lacks; "
            "install them, or run as root on Debian, where this is done for you."
        )
    info(f"Installing {', '.join(missing)}.")
    log = make_private_file(PROJECT / "var" / "log" / "install.log")
    apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update",), ("install", "-y", "--no-install-recommends", *missing)):
        run_program([*apt, *command], f"`apt-get {command[0]}` failed", log, env=environment)
    if "nginx" in missing and Path("/run/systemd/system").exists():
        # Debian starts it at once, for everybody who can reach this machine.
        subprocess.run(["systemctl", "disable", "--now", "--quiet", "nginx"])
    if missing := _missing():
        raise StartError(f"apt-get installed {', '.join(missing)}, but not their programs.")


def _missing() -> list[str]:
    """The Debian packages whose programs are not on this machine."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    return [package for package, name in PROGRAMS.items() if not shutil.which(name, path=path)]


def install_checkers(folder: Path = CHECKERS) -> None:
    """Install axe and the Nu checker by their lock, unless these versions are there."""
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".iria"
    if not stamp.exists() or stamp.read_text() != digest:
        log = make_private_file(PROJECT / "var" / "log" / "install.log")
        run_program(["npm", "ci", "--no-audit", "--no-fund"], "`npm ci` failed", log, cwd=folder)
        stamp.write_text(digest)

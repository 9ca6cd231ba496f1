"""Programs of PostgreSQL are found by running them, and copied."""

from pathlib import Path

import pytest

from iria.launcher import postgres_programs
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError
from iria.launcher.paths import database_user
from iria.launcher.postgres_programs import version_of

USER = database_user(Path("/nowhere"))


def test_the_server_runs_from_a_copy_of_its_programs(cluster: Cluster) -> None:
    with cluster.running():
        major = version_of(cluster.data)
    found = postgres_programs.find(cluster.state, major, USER)
    assert found is not None
    assert found.libraries is not None
    assert found.share.is_relative_to(cluster.state)


def programs(folder: Path, version: str, share: Path) -> None:
    """Programs whose `initdb` prints this version and folder."""
    folder.mkdir(parents=True)
    for name in postgres_programs.NEEDED:
        shown = f"#!/bin/sh\necho 'VERSION={version}' >&2\necho 'share_path={share}' >&2\n"
        (folder / name).write_text(shown)
        (folder / name).chmod(0o755)


def test_programs_without_the_required_extensions_are_skipped(open_folder: Path) -> None:
    folder, share = open_folder / "without" / "bin", open_folder / "without" / "share"
    programs(folder, "16.4", share)
    (share / "extension").mkdir(parents=True)
    assert postgres_programs.examine(folder, USER) is None
    for name in postgres_programs.EXTENSIONS:
        (share / "extension" / f"{name}.control").touch()
    found = postgres_programs.examine(folder, USER)
    assert found is not None
    assert found.major == 16


@pytest.mark.parametrize("version", ["14.9", "unknown"])
def test_programs_that_are_too_old_or_do_not_run_are_skipped(
    open_folder: Path, version: str
) -> None:
    share = open_folder / version / "share"
    programs(open_folder / version / "bin", version, share)
    (share / "extension").mkdir(parents=True)
    for name in postgres_programs.EXTENSIONS:
        (share / "extension" / f"{name}.control").touch()
    assert postgres_programs.examine(open_folder / version / "bin", USER) is None


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"nine"])
def test_a_database_with_a_damaged_version_ends_in_a_sentence(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "PG_VERSION").write_bytes(content)
    with pytest.raises(StartError, match="PG_VERSION"):
        version_of(tmp_path)


def test_the_version_of_an_old_database_is_its_first_number(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9.6\n")
    assert version_of(tmp_path) == 9

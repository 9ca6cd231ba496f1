"""An upgrade that is cut off anywhere is finished by the next start, and loses nothing."""

from pathlib import Path

import pytest

from iria.running import binaries, kept, swapping
from iria.running.choosing import made_by
from iria.running.cluster import Cluster


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """As an upgrade leaves it just before the swap."""
    for place, version in (("postgres", "15"), ("upgrade/postgres", "18")):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "PG_VERSION").write_text(version + "\n")
    return tmp_path


def test_an_upgrade_that_is_not_complete_changes_nothing(state: Path) -> None:
    swapping.finish(state)
    assert made_by(state / "postgres") == 15


@pytest.mark.parametrize("renames_done", [0, 1, 2])
def test_a_swap_is_finished_wherever_it_stopped(state: Path, renames_done: int) -> None:
    swapping.begin(state, "postgres-15-kept")
    if renames_done >= 1:
        (state / "postgres").rename(state / "postgres-15-kept")
    if renames_done == 2:
        (state / "upgrade/postgres").rename(state / "postgres")
    swapping.finish(state)
    assert made_by(state / "postgres") == 18
    assert made_by(state / "postgres-15-kept") == 15
    assert not (state / "upgrade").exists()
    swapping.finish(state)


def test_a_copy_of_the_server_is_kept_and_runs_from_where_it_lies(cluster: Cluster) -> None:
    with cluster.held():
        major = made_by(cluster.data)
    found = kept.find(cluster.state, major)
    assert found is not None
    assert found.ours
    share = binaries.share_folder(found.folder)
    assert share is not None
    assert share.is_relative_to(cluster.state)


def test_programs_without_the_extensions_we_use_are_passed_over(tmp_path: Path) -> None:
    for name in binaries.NEEDED:
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.4'\n")
        program.chmod(0o755)
    share = tmp_path / "share"
    (share / "extension").mkdir(parents=True)
    (share / "postgres.bki").touch()
    binaries.share_folder.cache_clear()
    assert binaries.examine(tmp_path / "bin") is None
    for name in binaries.EXTENSIONS:
        (share / "extension" / f"{name}.control").touch()
    found = binaries.examine(tmp_path / "bin")
    assert found is not None
    assert found.major == 16


@pytest.mark.parametrize("said", ["postgres (PostgreSQL) 14.9", "command not found"])
def test_programs_that_are_too_old_or_do_not_run_are_passed_over(tmp_path: Path, said: str) -> None:
    for name in binaries.NEEDED:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{said}'\n")
        program.chmod(0o755)
    assert binaries.examine(tmp_path) is None

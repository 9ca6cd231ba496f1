"""Where the state lies, and who can reach it."""

import os
import stat
from pathlib import Path

import environ
import pytest

from iria.running import identity, places, settings_file
from iria.running.telling import StartError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can play another user")


def project_in(home: Path, mode: int) -> Path:
    project = home / "home" / "my newsroom"
    project.mkdir(parents=True)
    (home / "home").chmod(mode)
    return project


@pytest.fixture
def home(open_folder: Path, request: pytest.FixtureRequest) -> Path:
    folder = open_folder / str(request.node.name)
    folder.mkdir()
    return folder


def test_the_state_lies_in_var(home: Path) -> None:
    project = project_in(home, 0o755)
    assert places.state_folder(project, {}) == project / "var"


@needs_root
def test_in_a_closed_home_root_keeps_it_where_the_database_can_reach_it(home: Path) -> None:
    project = project_in(home, 0o700)
    state = places.state_folder(project, {})
    assert state.parent == places.AWAY
    assert state.name.startswith("my-newsroom-")
    assert state != places.state_folder(home / "home" / "another", {})


@needs_root
def test_a_cluster_that_is_there_decides_even_if_the_home_was_closed_since(home: Path) -> None:
    project = project_in(home, 0o755)
    data = project / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    (home / "home").chmod(0o700)
    assert places.state_folder(project, {}) == project / "var"


def test_with_a_database_of_your_own_nobody_else_has_to_reach_it(home: Path) -> None:
    project = project_in(home, 0o700)
    found = places.state_folder(project, {"DATABASE_URL": "postgres://example/iria"})
    assert found == project / "var"


def test_iria_state_names_it(home: Path) -> None:
    project = project_in(home, 0o755)
    assert places.state_folder(project, {"IRIA_STATE": "/srv/iria"}) == Path("/srv/iria")
    (project / ".env").write_text("IRIA_STATE='elsewhere'\n")
    assert places.state_folder(project, {}) == project / "elsewhere"


@needs_root
def test_the_owner_of_the_data_runs_the_database(home: Path) -> None:
    data = home / "postgres"
    data.mkdir()
    os.chown(data, 12345, 12345)
    assert identity.for_cluster(data).uid == 12345
    assert identity.for_cluster(home / "none").name in {"postgres", "nobody"}


@needs_root
def test_reaching_is_tried_as_the_account_itself(home: Path) -> None:
    account = identity.for_cluster(home / "none")
    (home / "closed" / "inner").mkdir(parents=True)
    assert account.reaches(home / "closed" / "inner")
    (home / "closed").chmod(0o700)
    assert not account.reaches(home / "closed" / "inner")
    assert not account.reaches(home / "closed" / "not there yet")


def test_somebody_elses_cluster_is_refused_in_words(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 4321)
    with pytest.raises(StartError, match="belongs to"):
        identity.for_cluster(home)


def test_folders_are_open_whatever_the_umask_says(home: Path) -> None:
    before = os.umask(0o077)
    try:
        made = places.make_folder(home / "a" / "b")
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.stat().st_mode) == 0o755
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o755


def test_a_secret_is_made_once_and_for_us_alone(home: Path) -> None:
    file = home / "secret-key"
    secret = places.kept_secret(file)
    assert len(secret) >= 50
    assert places.kept_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_is_replaced_whole_or_not_at_all(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "note"
    places.write_whole(file, "before")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        places.write_whole(file, "after")
    assert file.read_text() == "before"
    assert [path.name for path in home.iterdir()] == ["note"]


def test_the_settings_file_is_read_as_the_settings_read_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / ".env"
    file.write_text(
        "# a comment\n\nPLAIN=one two\nexport EXPORTED=yes\nSINGLE='a # b'\n"
        'DOUBLE="say \\"so\\""\nEMPTY=\nURL=postgres://u:p%23@h/d?a=b#c\nnot a line\n OFF=1\n'
    )
    theirs: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", theirs)
    environ.Env.read_env(file)
    assert settings_file.read(file) == theirs


def test_a_settings_file_that_is_no_text_is_refused_in_words(home: Path) -> None:
    (home / ".env").write_bytes(b"NAME=caf\xe9\n")
    with pytest.raises(StartError, match="not a text in UTF-8"):
        settings_file.environment(home, {})


def test_the_environment_goes_before_the_file(home: Path) -> None:
    (home / ".env").write_text("A=file\nB=file\n")
    assert settings_file.environment(home, {"A": "process"}) == {"A": "process", "B": "file"}

"""Where the state lies, and who can reach it."""

import os
import stat
from pathlib import Path

import environ
import pytest

from iria.launcher import paths
from iria.launcher.output import StartError

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
    assert paths.state_folder(project, {}) == project / "var"


@needs_root
def test_in_a_closed_home_root_keeps_it_where_the_database_can_reach_it(home: Path) -> None:
    project = project_in(home, 0o700)
    state = paths.state_folder(project, {})
    assert state.parent == paths.ROOT_STATE
    assert state.name.startswith("my-newsroom-")
    assert state != paths.state_folder(home / "home" / "another", {})


@needs_root
def test_a_cluster_that_is_there_decides_even_if_the_home_was_closed_since(home: Path) -> None:
    project = project_in(home, 0o755)
    data = project / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    (home / "home").chmod(0o700)
    assert paths.state_folder(project, {}) == project / "var"


def test_with_a_database_of_your_own_nobody_else_has_to_reach_it(home: Path) -> None:
    project = project_in(home, 0o700)
    found = paths.state_folder(project, {"DATABASE_URL": "postgres://example/iria"})
    assert found == project / "var"


def test_iria_state_names_it(home: Path) -> None:
    project = project_in(home, 0o755)
    assert paths.state_folder(project, {"IRIA_STATE": "/srv/iria"}) == Path("/srv/iria")
    (project / ".env").write_text("IRIA_STATE='elsewhere'\n")
    assert paths.state_folder(project, {}) == project / "elsewhere"


@needs_root
def test_the_owner_of_the_data_runs_the_database(home: Path) -> None:
    data = home / "postgres"
    data.mkdir()
    os.chown(data, 12345, 12345)
    assert paths.database_user(data).uid == 12345
    assert paths.database_user(home / "none").name in {"postgres", "nobody"}


@needs_root
def test_reaching_is_tried_as_the_account_itself(home: Path) -> None:
    account = paths.database_user(home / "none")
    (home / "closed" / "inner").mkdir(parents=True)
    assert account.can_enter(home / "closed" / "inner")
    (home / "closed").chmod(0o700)
    assert not account.can_enter(home / "closed" / "inner")
    assert not account.can_enter(home / "closed" / "not there yet")


def test_somebody_elses_cluster_is_refused_in_words(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 4321)
    with pytest.raises(StartError, match="belongs to"):
        paths.database_user(home)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0, 0o077])
def test_folders_are_for_us_alone_whatever_the_umask_says(home: Path, umask: int) -> None:
    # Under root the account of the database steps in, and sees no names.
    ours = 0o711 if os.geteuid() == 0 else 0o700
    before = os.umask(umask)
    try:
        made = paths.make_folder(home / f"a{umask}" / "b")
        log = paths.make_private_file(made / "log" / "web.log")
    finally:
        os.umask(before)
    assert mode(made) == mode(made.parent) == ours
    assert mode(log.parent) == 0o700
    assert mode(log) == 0o600


def test_what_an_earlier_version_left_open_is_closed(home: Path) -> None:
    for name in ("mail", "log", "locks", "media", "static", "postgres-binaries"):
        (home / name).mkdir()
        (home / name / "file").touch(0o644)
        (home / name).chmod(0o755)
    (home / "secret-key").touch(0o644)
    home.chmod(0o755)
    paths.restrict_permissions(home)
    for name in ("mail", "log", "locks"):
        assert mode(home / name) == 0o700
        assert mode(home / name / "file") == 0o600
    for name in paths.PROXY_FOLDERS:
        assert mode(home / name) == 0o750
    assert mode(home / "secret-key") == 0o600
    assert mode(home / "postgres-binaries") == 0o755, "another account may run them"
    assert mode(home) & 0o006 == 0


def test_a_group_that_was_let_in_stays_and_a_shared_folder_is_left_alone(home: Path) -> None:
    home.chmod(0o750)
    paths.restrict_permissions(home)
    assert mode(home) == 0o750
    home.chmod(0o1777)
    paths.restrict_permissions(home)
    assert mode(home) == 0o1777


def test_a_secret_is_made_once_and_for_us_alone(home: Path) -> None:
    file = home / "secret-key"
    secret = paths.stored_secret(file)
    assert len(secret) >= 50
    assert paths.stored_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_is_replaced_whole_or_not_at_all(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "note"
    paths.write_atomically(file, "before")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        paths.write_atomically(file, "after")
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
    assert paths.settings(home, {}) == theirs


def test_a_settings_file_that_is_no_text_is_refused_in_words(home: Path) -> None:
    (home / ".env").write_bytes(b"NAME=caf\xe9\n")
    with pytest.raises(StartError, match="not a text in UTF-8"):
        paths.settings(home, {})


def test_the_environment_goes_before_the_file(home: Path) -> None:
    (home / ".env").write_text("A=file\nB=file\n")
    assert paths.settings(home, {"A": "process"}) == {"A": "process", "B": "file"}

"""The state folder, and the permissions of its files."""

import os
import stat
from pathlib import Path

import environ
import pytest

from iria.launcher import paths
from iria.launcher.output import StartError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


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


def test_the_state_folder_is_var(home: Path) -> None:
    project = project_in(home, 0o755)
    assert paths.state_folder(project, {}) == project / "var"


@needs_root
def test_root_with_a_private_home_uses_a_folder_that_the_database_can_enter(home: Path) -> None:
    project = project_in(home, 0o700)
    state = paths.state_folder(project, {})
    assert state.parent == paths.ROOT_STATE
    assert state.name.startswith("my-newsroom-")
    assert state != paths.state_folder(home / "home" / "another", {})


@needs_root
def test_an_existing_cluster_is_used_even_if_the_home_is_private_now(home: Path) -> None:
    project = project_in(home, 0o755)
    data = project / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    (home / "home").chmod(0o700)
    assert paths.state_folder(project, {}) == project / "var"


def test_with_your_own_database_the_home_may_be_private(home: Path) -> None:
    project = project_in(home, 0o700)
    environment = {"DATABASE_URL": "postgres://example/iria"}
    assert paths.state_folder(project, environment) == project / "var"


def test_the_setting_iria_state_names_the_folder(home: Path) -> None:
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
def test_access_is_tried_as_the_account_itself(home: Path) -> None:
    account = paths.database_user(home / "none")
    (home / "closed" / "inner").mkdir(parents=True)
    assert account.can_enter(home / "closed" / "inner")
    (home / "closed").chmod(0o700)
    assert not account.can_enter(home / "closed" / "inner")
    assert not account.can_enter(home / "closed" / "not there yet")


def test_the_cluster_of_another_user_is_rejected_with_a_message(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 4321)
    with pytest.raises(StartError, match="belongs to"):
        paths.database_user(home)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0, 0o077])
def test_folders_are_private_with_any_umask(home: Path, umask: int) -> None:
    # As root, the account of the database has to enter, but may not list the files.
    expected = 0o711 if os.geteuid() == 0 else 0o700
    before = os.umask(umask)
    try:
        folder = paths.make_folder(home / f"a{umask}" / "b")
        log = paths.make_private_file(folder / "log" / "web.log")
    finally:
        os.umask(before)
    assert mode(folder) == mode(folder.parent) == expected
    assert mode(log.parent) == 0o700
    assert mode(log) == 0o600


def test_files_of_an_earlier_version_become_private(home: Path) -> None:
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


def test_access_for_a_group_and_shared_folders_are_not_changed(home: Path) -> None:
    home.chmod(0o750)
    paths.restrict_permissions(home)
    assert mode(home) == 0o750
    home.chmod(0o1777)
    paths.restrict_permissions(home)
    assert mode(home) == 0o1777


def test_a_secret_is_created_once_in_a_private_file(home: Path) -> None:
    file = home / "secret-key"
    secret = paths.stored_secret(file)
    assert len(secret) >= 50
    assert paths.stored_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_is_replaced_completely_or_not_at_all(
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
    expected: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", expected)
    environ.Env.read_env(file)
    assert paths.settings(home, {}) == expected


def test_a_settings_file_that_is_not_utf_8_is_rejected_with_a_message(home: Path) -> None:
    (home / ".env").write_bytes(b"NAME=caf\xe9\n")
    with pytest.raises(StartError, match="not a text in UTF-8"):
        paths.settings(home, {})


def test_the_environment_precedes_the_file(home: Path) -> None:
    (home / ".env").write_text("A=file\nB=file\n")
    assert paths.settings(home, {"A": "process"}) == {"A": "process", "B": "file"}

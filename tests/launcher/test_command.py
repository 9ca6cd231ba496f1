"""The environment of `manage.py`: that of the newsroom that `make run` created, or your own."""

import os
from pathlib import Path

import pytest

from iria.launcher import command, paths
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError
from tests.shared import PROJECT

OURS = ("DATABASE_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "IRIA_STATE")


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    # The program that stops the cluster starts there; without it each test would wait a minute for it.
    (tmp_path / "iria").symlink_to(PROJECT / "iria")


def test_with_your_own_database_the_environment_is_not_changed() -> None:
    os.environ["DATABASE_URL"] = "postgres://example/iria"
    before = dict(os.environ)
    with command.command_environment():
        assert dict(os.environ) == before


def test_a_command_gets_database_key_and_url_of_the_private_newsroom(cluster: Cluster) -> None:
    os.environ["IRIA_STATE"] = str(cluster.state)
    key = paths.stored_secret(cluster.state / "secret-key")
    command.store_run(cluster.state, "http://127.0.0.1:8123", [])
    with command.command_environment():
        assert os.environ["DATABASE_URL"] == cluster.access().url
        assert os.environ["SECRET_KEY"] == key
        assert os.environ["SITE_URL"] == "http://127.0.0.1:8123"


def test_environment_variables_precede_generated_values(cluster: Cluster) -> None:
    paths.stored_secret(cluster.state / "secret-key")
    os.environ.update(IRIA_STATE=str(cluster.state), SECRET_KEY="mine", SITE_URL="http://mine")
    with command.command_environment():
        assert os.environ["SECRET_KEY"] == "mine"
        assert os.environ["SITE_URL"] == "http://mine"


def test_no_secret_key_is_generated_for_a_command(open_folder: Path) -> None:
    os.environ["IRIA_STATE"] = str(open_folder / "state without a key")
    with command.command_environment():
        assert "SECRET_KEY" not in os.environ


def test_a_failed_start_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Path:
        raise StartError("The disk is full.")

    monkeypatch.setattr(paths, "state_folder", fail)
    with pytest.raises(SystemExit) as ended, command.command_environment():
        pass
    assert ended.value.code == "The disk is full."


def test_the_site_gets_a_secret_key_a_url_and_allowed_hosts(tmp_path: Path) -> None:
    filled = command.site_environment(tmp_path, "postgres://x", "http://127.0.0.1:8000")
    assert len(filled["SECRET_KEY"]) >= 50
    assert filled["SITE_URL"] == "http://127.0.0.1:8000"
    assert "localhost" in filled["ALLOWED_HOSTS"]
    (tmp_path / ".env").write_text("SECRET_KEY=mine\nSITE_URL=https://www.example.org\n")
    filled = command.site_environment(tmp_path, "postgres://x", "http://127.0.0.1:8000")
    assert filled["SECRET_KEY"] == "mine"
    assert filled["SITE_URL"] == "https://www.example.org"
    assert filled["ALLOWED_HOSTS"].split(",")[:2] == ["www.example.org", "127.0.0.1"]


def test_a_truncated_run_file_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"pid": 1, "url')
    assert command.last_run(tmp_path) == {}

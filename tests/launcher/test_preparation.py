"""Packages and database are prepared when something has changed; a failure is one sentence."""

import sys
from pathlib import Path

import pytest

from iria.launcher import preparation
from iria.launcher.output import StartError

ENVIRONMENT = {"DATABASE_URL": "postgres://iria:password@127.0.0.1:5432/iria", "PATH": "/usr/bin"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose `manage.py` records each call."""
    monkeypatch.setattr(preparation, "PROJECT", tmp_path)
    monkeypatch.setattr(preparation, "CODE", tmp_path)
    (tmp_path / "requirements.txt").write_text("")
    manage(tmp_path, "import sys; open('calls', 'a').write(sys.argv[1] + '\\n')")
    return tmp_path


def manage(project: Path, code: str) -> None:
    (project / "manage.py").write_text(code)


def prepare(project: Path, *, private: bool = True) -> None:
    preparation.prepare(project / "var", Path(sys.executable), ENVIRONMENT, private=private)


def calls(project: Path) -> int:
    return len((project / "calls").read_text().splitlines())


def test_preparation_is_skipped_until_something_changes(project: Path) -> None:
    prepare(project)
    prepare(project)
    assert calls(project) == 1
    for number, name in enumerate(
        ("articles/migrations/0001_initial.py", "articles/migrations/sql/a.sql", "static/site.css")
    ):
        changed = project / name
        changed.parent.mkdir(parents=True, exist_ok=True)
        changed.touch()
        prepare(project)
        assert calls(project) == number + 2


def test_your_own_database_is_always_prepared(project: Path) -> None:
    prepare(project, private=False)
    prepare(project, private=False)
    assert calls(project) == 2


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("print('The setting X is wrong.')", r"^The setting X is wrong\.$"),
        ("print('CommandError: A table is in use.')", r"^A table is in use\.$"),
        (
            "print('Traceback'); print('OSError: [Errno 28] No space left on device')",
            r"^The disk is full: `manage\.py prepare` failed\.$",
        ),
        (
            "print('Traceback'); print('ValueError: an error.')",
            r"^`manage\.py prepare` failed \(ValueError: an error; more in .*prepare\.log\)\.$",
        ),
    ],
)
def test_a_failure_is_one_sentence(project: Path, code: str, sentence: str) -> None:
    manage(project, f"{code}; raise SystemExit(1)")
    with pytest.raises(StartError, match=sentence):
        prepare(project)


def test_the_demo_editors_password_is_created_once_in_a_private_file(project: Path) -> None:
    state = project / "var"
    password = preparation.demo_password(state)
    assert preparation.demo_password(state) == password
    file = state / preparation.DEMO_EDITOR
    assert file.stat().st_mode & 0o777 == 0o600
    assert "createsuperuser" in preparation.how_to_sign_in(state)
    file.write_text(f"edna@meridian.example {password}\n")
    assert preparation.demo_password(state) == password
    assert preparation.how_to_sign_in(state).startswith(
        f"edna@meridian.example with the password {password}"
    )

"""Packages and database are prepared when something changed; what fails ends with one sentence."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from iria.launcher import preparation
from iria.launcher.output import StartError
from iria.launcher.paths import PROJECT
from iria.launcher.preparation import FOR_DEVELOPING, FOR_RUNNING, make_environment

SURROUNDINGS = {"DATABASE_URL": "postgres://iria:password@127.0.0.1:5432/iria", "PATH": "/usr/bin"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose `manage.py` writes down each call."""
    monkeypatch.setattr(preparation, "PROJECT", tmp_path)
    monkeypatch.setattr(preparation, "CODE", tmp_path)
    (tmp_path / "requirements.txt").write_text("")
    manage(tmp_path, "import sys; open('calls', 'a').write(sys.argv[1] + '\\n')")
    return tmp_path


def manage(project: Path, code: str) -> None:
    (project / "manage.py").write_text(code)


def prepare(project: Path, *, private: bool = True) -> None:
    preparation.prepare(project / "var", Path(sys.executable), SURROUNDINGS, private=private)


def calls(project: Path) -> int:
    return len((project / "calls").read_text().splitlines())


def test_what_is_prepared_is_passed_over_until_something_changes(project: Path) -> None:
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


def test_a_database_of_somebody_elses_is_always_prepared(project: Path) -> None:
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


def test_the_demo_editors_password_is_made_once_and_kept_for_us_alone(project: Path) -> None:
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


def wheel(folder: Path, version: str) -> str:
    """Make a package of one line; answer its line for a lock."""
    about = f"quill-{version}.dist-info"
    files = {
        "quill.py": f"VERSION = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: quill\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    listed = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}"
        for name, text in files.items()
    ]
    files[f"{about}/RECORD"] = "\n".join([*listed, f"{about}/RECORD,,"]) + "\n"
    path = folder / f"quill-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return (
        f"quill @ {path.as_uri()} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / FOR_RUNNING).write_text(wheel(folder, "1.0"))
    make_environment(project=folder)
    return folder


def version(installed: Path) -> str:
    python = installed / ".venv" / "bin" / "python"
    ask = [str(python), "-c", "import quill; print(quill.VERSION)"]
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()


def test_the_packages_of_the_lock_are_there(installed: Path) -> None:
    assert version(installed) == "1.0"


def test_with_an_unchanged_lock_nothing_is_installed_again(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = installed / "var/log/install.log"
    log.write_text("as it was")
    make_environment(project=installed)
    assert log.read_text() == "as it was"
    assert capsys.readouterr().err == ""


def test_a_changed_lock_is_installed(installed: Path) -> None:
    (installed / FOR_RUNNING).write_text(wheel(installed, "2.0"))
    make_environment(project=installed)
    assert version(installed) == "2.0"


def test_an_installation_that_was_killed_is_made_again_from_nothing(installed: Path) -> None:
    half = installed / ".venv" / "half-written"
    half.touch()
    (installed / ".venv" / FOR_RUNNING).unlink()
    make_environment(project=installed)
    assert not half.exists()
    assert version(installed) != ""


def test_an_environment_whose_python_is_gone_is_made_again(installed: Path) -> None:
    python = installed / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    make_environment(project=installed)
    assert version(installed) != ""


def test_a_package_that_is_not_what_the_lock_says_is_refused_in_one_sentence(
    installed: Path,
) -> None:
    lock = installed / FOR_RUNNING
    before = lock.read_text()
    lock.write_text(before[:-65] + "0" * 64 + "\n")
    with pytest.raises(StartError, match=r"could not be installed.*var/log/install\.log"):
        make_environment(project=installed)
    lock.write_text(before)
    make_environment(project=installed)
    assert version(installed) != ""


def test_an_environment_that_is_a_link_is_left_alone(tmp_path: Path, installed: Path) -> None:
    borrowed = tmp_path / "borrower"
    borrowed.mkdir()
    (borrowed / FOR_RUNNING).write_text("nonsense\n")
    (borrowed / ".venv").symlink_to(installed / ".venv")
    make_environment(project=borrowed)
    assert version(borrowed) != ""


def test_what_developers_install_holds_all_that_the_site_needs() -> None:
    def pins(name: str) -> set[str]:
        lines = (PROJECT / name).read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if line[:1].isalnum()}

    assert pins(FOR_RUNNING) <= pins(FOR_DEVELOPING)


@pytest.mark.parametrize("name", [FOR_RUNNING, FOR_DEVELOPING, "requirements-postgres.txt"])
def test_locks_carry_hashes_and_no_addresses(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert "://" not in text
    for block in text.replace("\\\n", " ").splitlines():
        assert block.startswith("#") or "--hash=sha256:" in block

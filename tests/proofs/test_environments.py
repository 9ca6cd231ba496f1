"""The environment with the packages of the lock, made by `pip` as at the first start."""

import base64
import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from iria.launcher.output import StartError
from iria.launcher.preparation import FOR_RUNNING, make_environment

pytestmark = pytest.mark.proof


def wheel(folder: Path, version: str) -> str:
    """Builds a package of one line; returns its line for a lock file."""
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

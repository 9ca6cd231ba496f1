"""A Python is found by running it; one that is broken, too old or cannot create a venv is skipped."""

import shutil
import subprocess
from pathlib import Path

import pytest

from iria.launcher.paths import PROJECT

GOOD = '#!/bin/sh\nif [ "$1" = -c ]; then exit 0; fi\necho "$0" "$@"\n'
SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"
OLD = '#!/bin/sh\necho "is Python 3.9"\nexit 1\n'
BARE = '#!/bin/sh\necho "lacks venv or ensurepip"\nexit 1\n'


class Machine:
    """A project, and a PATH with only the programs that a test adds."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project with a space"
        self.script = self.project / "iria/launcher/find-python.sh"
        self.script.parent.mkdir(parents=True)
        text = (PROJECT / "iria/launcher/find-python.sh").read_text()
        # Without the folders where the system has its own Python.
        assert "usual=/usr/bin" in text
        self.script.write_text(text.replace("usual=/usr/bin", f"usual={folder}/usual:"))
        self.first, self.second = folder / "first", folder / "second"
        for place in (self.first, self.second, folder / "usual"):
            place.mkdir()
        (self.second / "dirname").symlink_to(shutil.which("dirname") or "")

    def add(self, place: Path, name: str, text: str) -> Path:
        program = place / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
        return program

    def find(self) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["/bin/sh", self.script, "run", "8000"],
            env={"PATH": f"{self.first}:{self.second}"},
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("useless", [SHIM, OLD, BARE])
def test_an_unsuitable_python_before_a_suitable_one_is_skipped(
    machine: Machine, useless: str
) -> None:
    machine.add(machine.first, "python3", useless)
    good = machine.add(machine.second, "python3", GOOD)
    assert machine.find().stdout == f"{good} -m iria.launcher run 8000\n"


def test_the_newest_version_is_tried_first(machine: Machine) -> None:
    machine.add(machine.first, "python3", GOOD)
    newest = machine.add(machine.second, "python3.14", GOOD)
    assert machine.find().stdout.startswith(str(newest))


def test_an_existing_environment_is_used_at_once(machine: Machine) -> None:
    machine.add(machine.first, "python3.14", GOOD)
    machine.add(machine.project / ".venv" / "bin", "python", GOOD)
    assert machine.find().stdout.startswith(".venv/bin/python ")


def test_a_broken_environment_is_skipped(machine: Machine) -> None:
    good = machine.add(machine.first, "python3.12", GOOD)
    machine.add(machine.project / ".venv" / "bin", "python", SHIM)
    assert machine.find().stdout.startswith(str(good))


def test_an_error_names_every_unsuitable_python_and_how_to_install_one(machine: Machine) -> None:
    machine.add(machine.first, "python3.13", SHIM)
    machine.add(machine.first, "python3", OLD)
    machine.add(machine.second, "python3", BARE)
    done = machine.find()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{machine.first}/python3.13 does not run" in done.stderr
    assert f"{machine.first}/python3 is Python 3.9" in done.stderr
    assert f"{machine.second}/python3 lacks venv or ensurepip" in done.stderr
    assert "apt install python3" in done.stderr


def test_a_missing_python_is_reported(machine: Machine) -> None:
    assert "none was found" in machine.find().stderr


def test_the_probe_accepts_this_python_and_says_what_another_lacks() -> None:
    """Runs the probe of the script with a real Python."""
    text = (PROJECT / "iria/launcher/find-python.sh").read_text()
    probe = text.split("probe='")[1].split("'\n")[0]
    python = PROJECT / ".venv" / "bin" / "python"
    assert subprocess.run([python, "-c", probe]).returncode == 0
    newer = probe.replace("(3, 12)", "(9, 12)")
    done = subprocess.run([python, "-c", newer], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.startswith("is Python 3.")
    without_ensurepip = "import sys; sys.modules['ensurepip'] = None\n" + probe
    done = subprocess.run([python, "-c", without_ensurepip], capture_output=True, text=True)
    assert done.stdout.strip() == "lacks venv or ensurepip"

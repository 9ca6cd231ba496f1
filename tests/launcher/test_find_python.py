"""A Python is found by running it: what only exists, is too old or cannot make a venv is passed by."""

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
    """A project and a PATH with nothing on it but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project with a space"
        self.script = self.project / "iria/launcher/find-python.sh"
        self.script.parent.mkdir(parents=True)
        text = (PROJECT / "iria/launcher/find-python.sh").read_text()
        # The places a system keeps its own Python in would decide the test.
        assert "usual=/usr/bin" in text
        self.script.write_text(text.replace("usual=/usr/bin", f"usual={folder}/usual:"))
        self.first, self.second = folder / "first", folder / "second"
        for place in (self.first, self.second, folder / "usual"):
            place.mkdir()
        (self.second / "dirname").symlink_to(shutil.which("dirname") or "")

    def has(self, place: Path, name: str, text: str) -> Path:
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
def test_a_useless_one_before_a_good_one_is_passed_by(machine: Machine, useless: str) -> None:
    machine.has(machine.first, "python3", useless)
    good = machine.has(machine.second, "python3", GOOD)
    assert machine.find().stdout == f"{good} -m iria.launcher run 8000\n"


def test_the_newest_name_is_tried_first(machine: Machine) -> None:
    machine.has(machine.first, "python3", GOOD)
    newest = machine.has(machine.second, "python3.14", GOOD)
    assert machine.find().stdout.startswith(str(newest))


def test_an_environment_that_is_there_is_taken_at_once(machine: Machine) -> None:
    machine.has(machine.first, "python3.14", GOOD)
    machine.has(machine.project / ".venv" / "bin", "python", GOOD)
    assert machine.find().stdout.startswith(".venv/bin/python ")


def test_a_broken_environment_is_no_obstacle(machine: Machine) -> None:
    good = machine.has(machine.first, "python3.12", GOOD)
    machine.has(machine.project / ".venv" / "bin", "python", SHIM)
    assert machine.find().stdout.startswith(str(good))


def test_one_sentence_names_what_was_found_and_how_to_get_one(machine: Machine) -> None:
    machine.has(machine.first, "python3.13", SHIM)
    machine.has(machine.first, "python3", OLD)
    machine.has(machine.second, "python3", BARE)
    done = machine.find()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{machine.first}/python3.13 does not run" in done.stderr
    assert f"{machine.first}/python3 is Python 3.9" in done.stderr
    assert f"{machine.second}/python3 lacks venv or ensurepip" in done.stderr
    assert "apt install python3" in done.stderr


def test_where_there_is_none_it_says_so(machine: Machine) -> None:
    assert "none was found" in machine.find().stderr


def test_the_probe_tells_this_very_python_apart() -> None:
    """The script's own question, put to a real Python."""
    text = (PROJECT / "iria/launcher/find-python.sh").read_text()
    probe = text.split("probe='")[1].split("'\n")[0]
    python = PROJECT / ".venv" / "bin" / "python"
    assert subprocess.run([python, "-c", probe]).returncode == 0
    older = probe.replace("(3, 12)", "(9, 12)")
    done = subprocess.run([python, "-c", older], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.startswith("is Python 3.")
    blind = "import sys; sys.modules['ensurepip'] = None\n" + probe
    done = subprocess.run([python, "-c", blind], capture_output=True, text=True)
    assert done.stdout.strip() == "lacks venv or ensurepip"

"""What our counting says of the tests is what coverage's own would say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from coverage import Coverage, CoverageData

from tests.counting import Counting
from tests.shared import PROJECT

WALK = """
import asyncio
import contextlib
import threading


def halves(numbers):
    for number in numbers:
        if number % 2:
            continue
        yield number // 2


def refuses(number):
    if number > 2:
        raise ValueError(number)
    return number


def deep(number):
    return deep(number - 1) if number else [
        each for each in range(3)
        if each
    ]


@contextlib.contextmanager
def quay(name):
    try:
        yield name
    finally:
        name = None


def kind(word):
    match word:
        case "ferry":
            return 1
        case "tanker":
            return 2
    return 3


async def ferry():
    async for each in crossing():
        if each is None:
            return None


async def crossing():
    for each in range(2):
        await asyncio.sleep(0)
        yield each


def walk():
    for number in (1, 2, 3, 2, 4, 1):
        try:
            refuses(number)
        except ValueError as error:
            if not error.args:
                deep(1)
        else:
            deep(number)
    next(halves([2, 4]))
    list(halves([1, 3]))
    with quay("north") as name, contextlib.suppress(KeyError):
        {}[name]
    while kind("ferry") > 1: pass
    kind("tanker")
    asyncio.run(ferry())
    thread = threading.Thread(target=kind, args=["barge"])
    thread.start()
    thread.join()


walk()
"""


def told(file: Path, data: Path) -> tuple[object, object]:
    """The lines that nobody walked, and for each branching one how many ways there are and were taken."""
    report = Coverage(data_file=str(data), branch=True, config_file=False)
    report.load()
    _, statements, _, missing, _ = report.analysis2(str(file))
    assert statements
    return missing, report.branch_stats(str(file))


def test_it_counts_what_coverage_counts(tmp_path: Path) -> None:
    file = tmp_path / "walk.py"
    file.write_text(WALK)

    def walk() -> None:
        exec(compile(WALK, str(file), "exec"), {"__name__": "walk"})

    theirs = Coverage(str(tmp_path / "theirs"), branch=True, include=[str(file)], config_file=False)
    with theirs.collect():
        walk()
    theirs.save()
    ours = Counting([str(file)], tool=sys.monitoring.OPTIMIZER_ID)
    ours.begin()
    try:
        walk()
    finally:
        ours.end()
    # Coverage has more: where an exception left, and a loop within one line. Its report heeds neither.
    assert ours.walked[str(file)] <= {*(theirs.get_data().arcs(str(file)) or [])}
    data = CoverageData(str(tmp_path / "ours"))
    data.add_arcs(ours.walked)
    data.close()
    missing, branches = told(file, tmp_path / "ours")
    assert (missing, branches) == told(file, tmp_path / "theirs")
    # Some of it nobody walks, else the same could be said of anything.
    assert missing
    assert isinstance(branches, dict)
    assert any(taken < ways for ways, taken in branches.values())


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project of two tests, each of which walks one way of a branch; on two cores."""

    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)

    (tmp_path / "quay").mkdir()
    write(
        "pyproject.toml",
        '[tool.coverage.run]\nbranch = true\nsource = ["quay"]\nomit = ["*/left.py"]\n',
    )
    write("quay/__init__.py", "")
    write("quay/left.py", "one = 1\n")
    write("quay/never.py", "one = 1\n")
    write(
        "quay/berth.py", "def free(ships):\n    if ships:\n        return False\n    return True\n"
    )
    for name, ships in (("north", 1), ("south", 0)):
        write(
            f"test_{name}.py",
            f"from quay import berth\n\ndef test(): assert berth.free({ships}) is {not ships}\n",
        )
    return tmp_path


def test_what_each_core_walked_is_written_down_together(house: Path) -> None:
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2", "--dist", "loadfile"],
        cwd=house,
        env=os.environ | alone | {"PYTEST_PLUGINS": "tests.counting", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    data = CoverageData(str(house / ".coverage"))
    data.read()
    assert {Path(file).name for file in data.measured_files()} == {
        "__init__.py",
        "berth.py",
        "never.py",
    }
    assert data.lines(str(house / "quay" / "never.py")) == []
    missing, branches = told(house / "quay" / "berth.py", house / ".coverage")
    assert (missing, branches) == ([], {2: (2, 2)})

"""The checks run one after another even if one fails, and get the programs they need."""

import os
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from iria.launcher import command, preparation
from iria.launcher.cluster import Cluster
from tests.conftest import FolderByFolder
from tests.shared import PROJECT


def make(*arguments: str, more: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Runs the Makefile of the project with more rules, outside of the `make` that runs the tests."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    rules = {"MAKEFILES": str(more)} if more else {}
    command = ["make", "-f", "Makefile", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=outside | rules, capture_output=True, text=True)


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    file = tmp_path / "targets.mk"
    file.write_text("good:\n\t@echo well done\nbad:\n\t@echo badly done; exit 3\n")
    return file


def test_all_targets_run_also_after_one_has_failed(targets: Path) -> None:
    done = make("each", "TARGETS=bad good", more=targets)
    assert done.returncode != 0
    assert "badly done" in done.stdout
    assert "well done" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[-2:]] == ["FAILED", "passed"]


def test_targets_that_succeed_are_reported(targets: Path) -> None:
    done = make("each", "TARGETS=good good", more=targets)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[-2:]] == ["passed", "passed"]


def test_ci_runs_every_test_and_every_proof() -> None:
    test, small = make("-n", "test").stdout, make("-n", "prove-small").stdout
    assert "all-tests" in test
    both = make("-n", "all-tests").stdout
    assert "--ignore tests/browser" in both
    assert "-m browser --ignore" in both
    assert "--ignore tests/browser --ignore tests/journeys" in make("-n", "unit-tests").stdout
    assert "-m journey" in make("-n", "journeys").stdout
    assert "-m browser --ignore" in make("-n", "browser-tests").stdout
    assert "all-proofs" in small
    assert "tests/browser/test_every_page.py" in make("-n", "every-page").stdout
    assert "-m proof" in make("-n", "small-proofs").stdout
    ci = (PROJECT / ".ci" / "run").read_text()
    assert ci.index("make test") < ci.index("make prove-small")


def test_tests_at_the_same_time_have_databases_and_caches_of_their_own() -> None:
    unit, browser = make("-n", "unit-tests").stdout, make("-n", "browser-tests").stdout
    for own in ("TOX_PARALLEL_ENV=browser", "cache_dir="):
        # Also in the second try.
        assert (unit.count(own), browser.count(own)) == (0, 2)


def test_only_the_browser_gets_a_second_try() -> None:
    assert "|| " in make("-n", "browser-tests").stdout
    targets = ("static-checks", "unit-tests", "coverage", "small-proofs")
    for target in targets:
        assert "||" not in make("-n", target).stdout


def test_proofs_can_be_named() -> None:
    named = "tests/proofs/test_running.py tests/proofs/test_outage.py"
    assert named in make("-n", "full-proofs", "PART=running outage").stdout
    assert make("-n", "full-proofs").stdout.rstrip().endswith("tests/proofs")
    assert "No rule" not in make("-n", "prove", "running", "outage").stderr


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment and a database exist."""
    monkeypatch.setattr(preparation, "make_environment", lambda lock: Path(sys.executable))
    monkeypatch.setattr(Cluster, "running", lambda self: nullcontext("postgres://new"))


ASK = "import os, sys; sys.exit(os.environ['DATABASE_URL'] != 'postgres://new' and 2)"


@pytest.mark.usefixtures("prepared")
def test_a_check_gets_a_database_of_its_own() -> None:
    assert command.check("throwaway", sys.executable, "-c", ASK) == 0
    assert command.check("throwaway", sys.executable, "-c", "raise SystemExit(3)") == 3


INSTALLER = PROJECT / "tests" / "install-programs.sh"


def install_programs(tools: Path, user: int) -> "subprocess.CompletedProcess[str]":
    """On a machine with these tools only: all programs except ExifTool."""
    listed = re.findall(r'^programs="(.*)"$', INSTALLER.read_text(), flags=re.MULTILINE)[0]
    for name in {each.partition(":")[0] for each in listed.split()} - {"exiftool"}:
        tool(tools, name, "")
    tool(tools, "id", f"echo {user}")
    script = ["/bin/sh", str(INSTALLER)]
    return subprocess.run(script, env={"PATH": str(tools)}, capture_output=True, text=True)


def tool(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def test_missing_programs_are_named_where_they_cannot_be_installed(tmp_path: Path) -> None:
    done = install_programs(tmp_path, user=1000)
    assert done.returncode != 0
    assert "libimage-exiftool-perl" in done.stderr
    assert "nodejs" not in done.stderr


def test_root_on_debian_installs_missing_programs(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    tool(tmp_path, "apt-get", f'echo "$@" >> "{calls}"')
    assert install_programs(tmp_path, user=0).returncode == 0
    update, installed = calls.read_text().splitlines()
    assert update.endswith("update")
    assert installed.endswith("install -y --no-install-recommends libimage-exiftool-perl")


def test_the_checkers_are_installed_once_for_each_lock(tmp_path: Path) -> None:
    installed, lock = tmp_path / "node_modules/.package-lock.json", tmp_path / "package-lock.json"
    lock.touch()
    assert "npm ci" in make("-n", str(installed)).stdout
    installed.parent.mkdir()
    installed.touch()
    assert "npm ci" not in make("-n", str(installed)).stdout


def test_a_test_that_crashes_its_worker_fails_once_and_the_others_run() -> None:
    scheduler = FolderByFolder.__new__(FolderByFolder)
    scheduler.assigned_work = {
        "core": {"tests/quay.py": {"before": True, "hangs": False, "after": False}}
    }
    scheduler.workqueue = {}
    assert scheduler.remove_node("core") == "hangs"
    left = scheduler.workqueue["tests/quay.py"]
    assert [name for name, ended in left.items() if not ended] == ["after"]

"""The checks run one after another, whatever happens to those before, and get what they need."""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from iria.launcher import checks, virtualenv
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError
from tests.conftest import FolderByFolder
from tests.shared import PROJECT


def make(*arguments: str, more: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """The project's Makefile and more rules, outside of the `make` that runs these tests."""
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


def test_when_all_is_well_that_is_the_result(targets: Path) -> None:
    done = make("each", "TARGETS=good good", more=targets)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[-2:]] == ["passed", "passed"]


def test_ci_runs_every_test_and_every_proof() -> None:
    test, small = make("-n", "test").stdout, make("-n", "prove-small").stdout
    assert "unit-tests browser-tests" in test
    assert "--ignore tests/browser --ignore tests/proofs" in make("-n", "unit-tests").stdout
    assert "-m browser tests/browser" in make("-n", "browser-tests").stdout
    assert "small-proofs" in small
    assert "-m proof" in make("-n", "small-proofs").stdout
    ci = (PROJECT / ".ci" / "run").read_text()
    assert ci.index("make test") < ci.index("make prove-small")


def test_only_the_browser_gets_a_second_try() -> None:
    assert "|| " in make("-n", "browser-tests").stdout
    targets = ("static-checks", "migration-locks", "unit-tests", "coverage", "small-proofs")
    for target in targets:
        assert "||" not in make("-n", target).stdout


def test_proofs_can_be_named() -> None:
    named = "tests/proofs/test_running.py tests/proofs/test_outage.py"
    assert named in make("-n", "prove", "running", "outage").stdout
    assert make("-n", "prove").stdout.rstrip().endswith("tests/proofs")


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment and the programs are there."""
    monkeypatch.setattr(virtualenv, "ensure", lambda lock: Path(sys.executable))
    monkeypatch.setattr(checks, "install_programs", lambda: None)
    monkeypatch.setattr(checks, "install_checkers", lambda: None)
    monkeypatch.setattr(Cluster, "running", lambda self: nullcontext("postgres://new"))


ASK = "import os, sys; sys.exit(os.environ['DATABASE_URL'] != 'postgres://new' and 2)"


@pytest.mark.usefixtures("prepared")
def test_a_check_gets_a_database_of_its_own() -> None:
    assert checks.check("throwaway", sys.executable, "-c", ASK) == 0
    assert checks.check("throwaway", sys.executable, "-c", "raise SystemExit(3)") == 3


@pytest.mark.usefixtures("prepared")
def test_without_a_program_it_runs_but_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise StartError("The checks need a browser.")

    monkeypatch.setattr(checks, "install_programs", fail)
    assert checks.check("throwaway", sys.executable, "-c", ASK) == 1
    assert "The checks need a browser." in capsys.readouterr().err


ALL_BUT_EXIFTOOL = ("java", "node", "npm", "git", "chromium-headless-shell", "nginx", "openssl")


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def test_what_is_missing_is_named_where_it_cannot_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ALL_BUT_EXIFTOOL:
        program(tmp_path, name, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(StartError, match=r"need libimage-exiftool-perl .*which this machine lacks"):
        checks.install_programs()


def test_root_on_debian_gets_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ALL_BUT_EXIFTOOL:
        program(tmp_path, name, "")
    calls = tmp_path / "calls"
    install = f'echo "$@" >> "{calls}"; case "$*" in *install*) echo "" > "{tmp_path}/exiftool"; /bin/chmod +x "{tmp_path}/exiftool";; esac'
    program(tmp_path, "apt-get", install)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    checks.install_programs()
    update, installed = calls.read_text().splitlines()
    assert update.endswith("update")
    assert installed.endswith("install -y --no-install-recommends libimage-exiftool-perl")


def test_the_checkers_are_installed_once_for_each_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    program(tools, "npm", 'echo "$@" >> calls; /bin/mkdir -p node_modules')
    monkeypatch.setenv("PATH", str(tools))
    lock = tmp_path / "package-lock.json"
    for text in ("one", "one", "two"):
        lock.write_text(text)
        checks.install_checkers(tmp_path)
    assert len((tmp_path / "calls").read_text().splitlines()) == 2


def test_the_lock_of_npm_carries_hashes_and_no_addresses() -> None:
    text = (checks.CHECKERS / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "://" not in text
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')


def test_a_test_that_ends_its_core_has_failed_once_and_the_rest_goes_on() -> None:
    scheduler = FolderByFolder.__new__(FolderByFolder)
    scheduler.assigned_work = {
        "core": {"tests/quay.py": {"before": True, "hangs": False, "after": False}}
    }
    scheduler.workqueue = {}
    assert scheduler.remove_node("core") == "hangs"
    left = scheduler.workqueue["tests/quay.py"]
    assert [name for name, ended in left.items() if not ended] == ["after"]

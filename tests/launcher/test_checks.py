"""The checks run one after another even if one fails, and get the programs they need."""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from iria.launcher import command, preparation
from iria.launcher.cluster import Cluster
from tests.shared import PROJECT


def make(*arguments: str, more: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Runs the Makefile of the project with more rules, outside of the `make` that runs the tests."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    rules = {"MAKEFILES": str(more)} if more else {}
    command = ["make", "-f", "Makefile", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=outside | rules, capture_output=True, text=True)


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

"""`make test` runs every step, whatever happens to the ones before, and sets up what they need."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from iria.running import checks, environment, machine
from iria.running.checks import Step
from iria.running.telling import StartError
from tests.conftest import FolderByFolder
from tests.shared import PROJECT

Run = Callable[..., tuple[int, str]]


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.fixture
def run_steps(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`make test` with steps of ours, and what it printed."""

    @contextmanager
    def workplace(*, durable: bool) -> Iterator[dict[str, str]]:
        yield dict(os.environ) | {"GREETING": "hello"}

    monkeypatch.setattr(checks, "_workplace", workplace)
    monkeypatch.setattr(checks, "stop_on_signals", lambda: None)
    monkeypatch.setattr(environment.Environment, "ensure", lambda self, lock: Path(sys.executable))

    def run(*steps: Step) -> tuple[int, str]:
        monkeypatch.setattr(checks, "steps", lambda: list(steps))
        code = checks.test()
        return code, capsys.readouterr().out

    return run


def test_all_steps_run_also_after_one_has_failed(run_steps: Run) -> None:
    code, said = run_steps(
        Step("first", python("print('line one'); print('line two'); raise SystemExit(3)")),
        Step(
            "second",
            python("import os; print(os.environ['GREETING'], os.environ['MORE'])"),
            (("MORE", "there"),),
        ),
    )
    assert code == 1
    assert "line one" in said
    assert "hello there" in said
    assert said.splitlines()[-1].strip().startswith("1 of 2 failed")


def test_when_all_is_well_the_last_line_says_so(run_steps: Run) -> None:
    code, said = run_steps(Step("only", python("pass")), Step("ours", lambda: None))
    assert code == 0
    assert said.splitlines()[-1].strip().startswith("all 2 passed")


def _programs_with(argument: str, steps: list[Step]) -> list[tuple[str, ...]]:
    return [step.does for step in steps if not callable(step.does) and argument in step.does]


def test_ci_runs_every_test_and_every_proof() -> None:
    folder = str(checks.PROOFS)
    (tests,) = _programs_with(folder, checks.steps())
    (proofs,) = _programs_with(folder, checks.small_proofs())
    assert tests[tests.index(folder) - 1] == "--ignore"
    assert "proof" in proofs
    ci = (PROJECT / ".ci" / "run").read_text()
    assert ci.index("make test") < ci.index("make prove-small")


def test_a_step_that_hangs_is_ended_and_counts_as_failed(
    run_steps: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "STEP_SECONDS", 0.5)
    code, said = run_steps(Step("endless", python("import time; time.sleep(60)")))
    assert code == 1
    assert "took longer" in said


def one_that_needs(times: int, folder: Path) -> Step:
    """A step that passes when it is asked for so many times."""
    mark = folder / "asked"
    code = f"""
import sys
from pathlib import Path
mark = Path({str(mark)!r})
asked = len(mark.read_text()) + 1 if mark.exists() else 1
mark.write_text("x" * asked)
print("asked for", *sys.argv[1:])
raise SystemExit(asked < {times})
"""
    return Step("fickle", python(code), once_more=(*python(code), "what failed"))


def test_what_passes_the_second_time_passes_and_is_named(run_steps: Run, tmp_path: Path) -> None:
    code, said = run_steps(one_that_needs(2, tmp_path))
    assert code == 0
    assert "FAILED after" in said
    assert "asked for what failed" in said
    assert "fickle: what had failed, once more" in said.splitlines()[-2]


def test_what_fails_twice_has_failed(run_steps: Run, tmp_path: Path) -> None:
    code, said = run_steps(one_that_needs(3, tmp_path), Step("other", python("pass")))
    assert code == 1
    assert said.splitlines()[-1].strip().startswith("1 of 2 failed")


def test_only_the_browser_gets_a_second_try() -> None:
    assert [step.name for step in checks.steps() if step.once_more] == ["tests in the browser"]


def test_a_step_of_ours_fails_with_its_sentence(run_steps: Run) -> None:
    def lack() -> None:
        raise StartError("The checks need a browser.")

    code, said = run_steps(Step("programs", lack))
    assert code == 1
    assert "The checks need a browser." in said


def test_a_proof_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(StartError, match=r"no proof “walking”; there are: .*running"):
        checks.prove("walking")


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
        machine.furnish()


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
    machine.furnish()
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
        machine.install_checkers(tmp_path)
    assert len((tmp_path / "calls").read_text().splitlines()) == 2


def test_the_lock_of_npm_carries_hashes_and_no_addresses() -> None:
    text = (machine.CHECKERS / "package-lock.json").read_text()
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

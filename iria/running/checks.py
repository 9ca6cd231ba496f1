"""`make test`, `make prove-small`, `make prove`, `make bench`: checks in a database of their own.

All steps run, also after one has failed; the last lines say how each of them went.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from iria.running import creating, environment, machine, processes
from iria.running.cluster import Cluster
from iria.running.places import PROJECT
from iria.running.supervisor import Stopped, stop_on_signals
from iria.running.telling import StartError

STEP_SECONDS = 1500
BROWSER, PROOFS = PROJECT / "tests" / "browser", PROJECT / "tests" / "proofs"
UNHURRIED = ("-o", "faulthandler_timeout=0")
"""A proof may install a machine, which takes longer than any test."""
# In the order of tests/conftest.py: what takes longest first.
_BOTH_CORES = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
# Counting branches makes Python half as slow again; what the browser and the proofs walk through
# has its own tests too.
_COVERED = ("--cov", "--cov-report=")


@dataclass(frozen=True)
class Step:
    """A named check: a program of the environment, or a function of ours."""

    name: str
    does: tuple[str, ...] | Callable[[], None]
    surroundings: tuple[tuple[str, str], ...] = ()
    shown: bool = False
    """Whether its output is worth reading when all is well."""
    beside: bool = False
    """Whether it runs at the same time as its neighbours that do: a core alone would be idle."""
    once_more: tuple[str, ...] = ()
    """Tries again what failed, and nothing else (docs/decisions/second-try.md)."""


def steps() -> list[Step]:
    python = str(environment.Environment().python)
    tool = (python, "-m")
    manage = (python, "manage.py")
    deployed = (("SITE_URL", "https://www.example.org"),)
    copied = (("IRIA_NEW_DATABASE", creating.DATABASE),)
    pytest = (*tool, "pytest", *_BOTH_CORES)
    browser = (*pytest, "-m", "browser", str(BROWSER))
    return [
        Step("programs of the machine", machine.furnish),
        Step("checkers from npm", machine.install_checkers),
        Step("ruff: lint", (*tool, "ruff", "check"), beside=True),
        Step("ruff: format", (*tool, "ruff", "format", "--check"), beside=True),
        Step("import-linter: the house", (python, "-c", _LINT_IMPORTS), beside=True),
        Step(
            "migrations match the models",
            (*manage, "makemigrations", "--check", "--dry-run"),
            beside=True,
        ),
        Step(
            "settings fit for deployment",
            (*manage, "check", "--deploy", "--fail-level", "WARNING"),
            deployed,
            beside=True,
        ),
        Step("migrations run", (*manage, "migrate"), beside=True),
        Step("mypy: types", (*tool, "mypy"), beside=True),
        # It asks the migrated database for the names of constraints.
        Step("squawk: migrations lock nothing for long", (*tool, "tests.migration_linter")),
        Step("tests", (*pytest, *_COVERED, *_apart(BROWSER, PROOFS)), copied),
        Step(
            "tests in the browser",
            browser,
            copied,
            once_more=(*browser, "--last-failed", "--last-failed-no-failures", "none"),
        ),
        Step("branch coverage", (*tool, "coverage", "report", "--skip-covered"), shown=True),
    ]


def small_proofs() -> list[Step]:
    """Every proof, reduced, and what they need first."""
    python = str(environment.Environment().python)
    pytest = (python, "-m", "pytest", *_BOTH_CORES)
    copied = (("IRIA_NEW_DATABASE", creating.DATABASE),)
    return [
        Step("programs of the machine", machine.furnish),
        Step("checkers from npm", machine.install_checkers),
        Step("migrations run", (python, "manage.py", "migrate")),
        Step(
            "proofs, small",
            (*pytest, *UNHURRIED, "-m", "proof", "-rs", str(PROOFS)),
            copied,
            shown=True,
        ),
    ]


def _apart(*folders: Path) -> Iterator[str]:
    """Not even looked into: every core would import what they need, and run none of it."""
    for folder in folders:
        yield from ("--ignore", str(folder))


# The command `lint-imports` has no module to run; asked this way it needs no PATH either.
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as go; go()"


def test() -> int:
    """Lint, types, tests and coverage; 1 if any of them failed."""
    return _check(steps)


def prove_small() -> int:
    """Every proof, reduced; 1 if any of them failed."""
    return _check(small_proofs)


def _check(chosen: Callable[[], list[Step]]) -> int:
    stop_on_signals()
    try:
        environment.Environment().ensure(environment.FOR_DEVELOPING)
        with _workplace(durable=False) as surroundings:
            begin = time.monotonic()
            results = list(_run_all(chosen(), surroundings))
            return _report(results, time.monotonic() - begin)
    except Stopped:
        return 130


def prove(*parts: str) -> int:
    """The long proofs at full size: all of them, or those named."""
    known = sorted(path.stem.removeprefix("test_") for path in PROOFS.glob("test_*.py"))
    if unknown := [part for part in parts if part not in known]:
        raise StartError(f"There is no proof “{unknown[0]}”; there are: {', '.join(known)}.")
    files = [str(PROOFS / f"test_{part}.py") for part in parts or known]
    return _alone(
        ("-m", "pytest", "-m", "proof", "-s", "-rs", *UNHURRIED, *files), {"IRIA_PROOFS": "full"}
    )


def bench(*arguments: str) -> int:
    """The benchmarks, over a database that writes through like a real one."""
    return _alone(("-m", "tests.bench", *arguments), {})


def _alone(command: tuple[str, ...], more: dict[str, str]) -> int:
    stop_on_signals()
    try:
        python = environment.Environment().ensure(environment.FOR_DEVELOPING)
        machine.furnish()
        machine.install_checkers()
        with _workplace(durable=True) as surroundings:
            return subprocess.run(
                [str(python), *command], cwd=PROJECT, env=surroundings | more
            ).returncode
    except Stopped:
        return 130


@contextmanager
def _workplace(*, durable: bool) -> Iterator[dict[str, str]]:
    """A state folder, a cluster and settings that nothing outside the checks has touched."""
    folder = Path(tempfile.mkdtemp(prefix="iria-checks-"))
    folder.chmod(0o755)  # the database's account has to step in
    try:
        with Cluster(folder, durable=durable).held() as url:
            own = {
                "DATABASE_URL": url,
                "IRIA_STATE": str(folder),
                "SECRET_KEY": secrets.token_urlsafe(64),
                "SITE_URL": "http://127.0.0.1:8000",
                "ALLOWED_HOSTS": "127.0.0.1,localhost",
                "DEBUG": "no",
                # What one process has compiled, the many after it need not.
                "PYTHONDONTWRITEBYTECODE": "",
            }
            yield dict(os.environ) | own
    finally:
        shutil.rmtree(folder, ignore_errors=True)


Result = tuple[Step, bool, float]


def _run_all(all_steps: Iterable[Step], surroundings: dict[str, str]) -> Iterator[Result]:
    """One after another, but neighbours that may run beside each other at the same time."""
    for beside, neighbours in groupby(all_steps, lambda step: step.beside):
        if beside:
            yield from _run_together(list(neighbours), surroundings)
        else:
            for step in neighbours:
                yield from _run_together([step], surroundings)


def _run_together(together: list[Step], surroundings: dict[str, str]) -> Iterator[Result]:
    begin = time.monotonic()
    with ExitStack() as stack:
        ends = [stack.enter_context(_started(step, surroundings)) for step in together]
        for step, end in zip(together, ends, strict=True):
            print(f"── {step.name}", flush=True)
            passed, output = end()
            seconds = time.monotonic() - begin
            lines = output.strip().splitlines()
            if passed and not step.shown:
                lines = lines[-1:]
            print("\n".join(f"   {line}" for line in lines), flush=True)
            print(f"   {'passed' if passed else 'FAILED'} after {seconds:.1f} s", flush=True)
            if step.once_more and not passed:
                yield from _run_together([_second_try(step)], surroundings)
            else:
                yield step, passed, seconds


def _second_try(step: Step) -> Step:
    name = f"{step.name}: what had failed, once more"
    return replace(step, name=name, does=step.once_more, once_more=(), shown=True)


End = Callable[[], tuple[bool, str]]
"""Waits for a step; whether it passed, and what it said."""


@contextmanager
def _started(step: Step, surroundings: dict[str, str]) -> Iterator[End]:
    """A program with all it starts stands in one group, so that nothing of it stays behind."""
    if callable(step.does):
        deed = step.does
        yield lambda: _call(deed)
        return
    running = subprocess.Popen(
        step.does,
        cwd=PROJECT,
        env=surroundings | dict(step.surroundings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=processes.die_with_parent(signal.SIGTERM),
    )
    try:
        yield lambda: _wait(running)
    finally:
        processes.send_group(running.pid, signal.SIGKILL)
        running.wait()


def _call(deed: Callable[[], None]) -> tuple[bool, str]:
    try:
        deed()
    except StartError as why:
        return False, str(why)
    return True, ""


def _wait(running: "subprocess.Popen[str]") -> tuple[bool, str]:
    try:
        output, _ = running.communicate(timeout=STEP_SECONDS)
    except subprocess.TimeoutExpired:
        processes.send_group(running.pid, signal.SIGKILL)
        output, _ = running.communicate()
        output += f"\nIt took longer than {STEP_SECONDS} s and was ended."
    return running.returncode == 0, output


def _report(results: list[Result], total: float) -> int:
    print("── all checks", flush=True)
    for step, passed, seconds in results:
        print(f"   {'passed' if passed else 'FAILED'} {seconds:7.1f} s  {step.name}")
    failed = sum(not passed for _, passed, _ in results)
    verdict = f"{failed} of {len(results)} failed" if failed else f"all {len(results)} passed"
    print(f"   {verdict} in {total:.0f} s on Python {sys.version.split()[0]}", flush=True)
    return 1 if failed else 0

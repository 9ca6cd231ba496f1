"""Child processes are watched, restarted within limits, and ended together."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from iria.launcher import command, preparation, processes, run, upgrading
from iria.launcher.output import StartError, describe_os_error, failure, is_disk_full
from iria.launcher.postmaster import free_port
from iria.launcher.run import Child
from tests.proofs.clone import lives
from tests.shared import PROJECT

STUBBORN = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("quill", subprocess.Popen(["sleep", "600"]).pid, flush=True)
time.sleep(600)
"""


def child(folder: Path, code: str) -> Child:
    command = [sys.executable, "-c", code]
    return Child("quill", command, dict(os.environ), folder / "quill.log")


def has_ended(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(pid)


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    one = child(tmp_path, "import time; time.sleep(60)")
    one.start()
    first = one.process.pid
    one.process.kill()
    one.process.wait()
    assert one.process.poll() is not None
    one.restart()
    try:
        assert one.process.pid != first
        assert one.process.poll() is None
    finally:
        run.end([one])


def test_a_child_that_keeps_dying_ends_the_run_with_its_error_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    one = child(tmp_path, "raise SystemExit('error: the ink is dry')")
    one.start()

    def watch() -> None:
        while True:
            one.process.wait()
            one.restart()

    with pytest.raises(StartError, match=r"ended 6 times within a minute \(.*the ink is dry"):
        watch()


def test_ending_stops_all_processes_even_those_that_ignore_signals(tmp_path: Path) -> None:
    one = child(tmp_path, STUBBORN)
    one.start()
    while not (started := re.fullmatch(r"quill (\d+)\n", one.log.read_text())):
        assert one.process.poll() is None
        time.sleep(0.01)
    run.end([one])
    assert one.process.returncode == -signal.SIGKILL
    assert has_ended(int(started[1]))
    assert run.GRACE_SECONDS < 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties children to their parent")
def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, time
from pathlib import Path
from iria.launcher.postmaster import free_port
from iria.launcher.run import Child
one = Child("quill", ["sleep", "60"], dict(os.environ), Path({str(tmp_path / "log")!r}))
one.start()
print(one.process.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert has_ended(pid)


UNDER_MAKE = """
from iria.launcher import run
run.stop_on_signals()
try:
    run.watch([], lambda: print("watching", flush=True))
except run.Stopped:
    pass
print("stopped", flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows which signals `make` handles")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_run_stops_with_the_make_that_started_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "watch.py").write_text(UNDER_MAKE)
    rule = f"run:\n\t@exec {sys.executable} {tmp_path}/watch.py\n"
    (tmp_path / "Makefile").write_text(rule)
    make = subprocess.Popen(
        ["make", "--no-print-directory", "-C", tmp_path, "run"],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell lets what it starts in the background ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert make.stdout
    assert make.stdout.readline().strip().endswith("watching")
    make.send_signal(number)
    assert "stopped" in make.stdout.read()
    make.wait(60)


def test_children_of_a_run_that_was_killed_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with processes.locked(tmp_path / "locks" / "run") as lock:
        orphan = subprocess.Popen(["sleep", "60"], start_new_session=True, pass_fds=(lock,))
        killed = subprocess.Popen(["true"])
        killed.wait()
    record = {"pid": killed.pid, "url": "http://127.0.0.1:8123", "children": [orphan.pid]}
    (tmp_path / "run.json").write_text(json.dumps(record))
    with run.only_run(tmp_path, timeout=0.1):
        assert orphan.wait(60) == -signal.SIGKILL


def test_a_second_run_is_rejected_with_the_url_of_the_first(tmp_path: Path) -> None:
    command.store_run(tmp_path, "http://127.0.0.1:8123", [])
    with (
        run.only_run(tmp_path),
        pytest.raises(StartError, match=r"127\.0\.0\.1:8123"),
        run.only_run(tmp_path, timeout=0.1),
    ):
        pass


@pytest.mark.parametrize(
    "text", ["", "http", "0", "65536", "-1", "80 80", "²", "8000.0", "8e3", "9" * 5000]
)
def test_an_invalid_port_is_rejected_with_a_message(text: str) -> None:
    with pytest.raises(StartError, match="PORT must be a number from 1 to 65535"):
        run.port_number(text)


def test_a_port_is_a_number() -> None:
    assert run.port_number("8000") == 8000


def test_a_full_disk_is_recognised_in_the_output_of_programs() -> None:
    assert is_disk_full("initdb: error: could not write: No space left on device")
    assert not is_disk_full("no room at the inn")
    assert "The disk is full (/var/x)" in describe_os_error(OSError(28, "No space left", "/var/x"))


def test_a_failure_quotes_the_error_line_of_the_program() -> None:
    outputs = {"reading\nERROR: no such table\nbye\n": "ERROR: no such table", "one\ntwo\n": "two"}
    for output, line in (outputs | {"": "no output"}).items():
        assert str(failure("It failed", output)) == f"It failed ({line})."


def test_an_upgrade_that_migrate_would_refuse_is_refused_before_packages_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho newsletter 0020_remembered_leaving\n")
    python.chmod(0o755)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(tmp_path)
    monkeypatch.setenv("IRIA_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(run, "PROJECT", tmp_path)
    monkeypatch.setattr(preparation, "is_new_version", lambda: True)
    monkeypatch.setattr(preparation, "make_environment", lambda: pytest.fail("installed"))
    monkeypatch.setattr(command, "database", lambda state: nullcontext(("", None)))
    with pytest.raises(StartError, match="^" + re.escape(upgrading.TOO_OLD)):
        run.run(str(free_port()))


def test_an_environment_of_other_packages_is_that_of_another_version(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.txt").write_text("django==6.1.4")
    assert not preparation.is_new_version(project=tmp_path)
    for text, is_new in (("django==6.1.3", True), ("django==6.1.4", False)):
        (tmp_path / ".venv" / "requirements.txt").write_text(text)
        assert preparation.is_new_version(project=tmp_path) == is_new

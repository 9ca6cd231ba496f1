"""Children are watched, revived within reason, and ended together."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from iria.running import record, supervisor
from iria.running.places import PROJECT
from iria.running.processes import started_at, wait_for_end
from iria.running.run import port_number
from iria.running.supervisor import Child
from iria.running.telling import StartError, last_words, sentence_about, tells_of_a_full_disk

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""


def child(folder: Path, code: str) -> Child:
    command = [sys.executable, "-c", code]
    return Child("quill", command, dict(os.environ), folder, folder / "quill.log")


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    one = child(tmp_path, "import time; time.sleep(60)")
    one.start()
    assert one.process
    first = one.process.pid
    one.process.kill()
    one.process.wait()
    assert one.ended
    one.revive()
    try:
        assert one.process.pid != first
        assert not one.ended
    finally:
        supervisor.end([one])


def test_a_child_that_keeps_dying_ends_the_run_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    one = child(tmp_path, "raise SystemExit('error: the ink is dry')")
    one.start()

    def watch() -> None:
        while one.process:
            one.process.wait()
            one.revive()

    with pytest.raises(StartError, match=r"ended 6 times within a minute: .*the ink is dry"):
        watch()


def test_ending_takes_everybody_along_also_the_stubborn(tmp_path: Path) -> None:
    one = child(tmp_path, STUBBORN)
    one.start()
    assert one.process
    time.sleep(0.5)
    children = Path(f"/proc/{one.process.pid}/task/{one.process.pid}/children")
    grandchildren = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    begin = time.monotonic()
    supervisor.end([one])
    assert time.monotonic() - begin < 2.5
    assert all(wait_for_end(pid, 1) for pid in [one.process.pid, *grandchildren])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties children to their parent")
def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, time
from pathlib import Path
from iria.running.supervisor import Child
one = Child("quill", ["sleep", "60"], dict(os.environ), Path({str(tmp_path)!r}), Path({str(tmp_path / "log")!r}))
one.start()
print(one.process.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert wait_for_end(pid, 3)


UNDER_MAKE = """
import atexit, os, signal
from iria.running import processes, supervisor
atexit.register(lambda: print(signal.getitimer(signal.ITIMER_REAL)))
processes.make_above = os.getppid
processes.catches = lambda *_: True
processes.end_when_make_ends = lambda: None
supervisor.stop_on_signals()
print(signal.getitimer(signal.ITIMER_REAL)[1])
"""


def test_whoever_looks_after_make_stops_looking_before_the_end() -> None:
    """A look in the last moment, when nobody listens to it any more, would end a success as a failure."""
    command = [sys.executable, "-c", UNDER_MAKE]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["0.3", "(0.0, 0.0)"]


def test_leftovers_are_known_by_number_and_start_time(tmp_path: Path) -> None:
    ours = subprocess.Popen(["sleep", "60"], start_new_session=True)
    theirs = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        began = started_at(ours.pid)
        assert began
        children = {ours.pid: began, theirs.pid: "another process had this number"}
        record.write(tmp_path, record.Record(1, "http://127.0.0.1:8000", children=children))
        record.clear_leftovers(tmp_path)
        assert ours.wait(5) == -signal.SIGTERM
        assert theirs.poll() is None
    finally:
        ours.kill()
        theirs.kill()
        ours.wait()
        theirs.wait()


def test_a_record_that_is_cut_off_is_none(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"pid": 1, "addr')
    assert record.read(tmp_path) is None
    record.clear_leftovers(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "http", "0", "65536", "-1", "80 80", "²", "8000.0", "8e3", "9" * 5000]
)
def test_a_port_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(StartError, match="PORT must be a number from 1 to 65535"):
        port_number(text)


def test_a_port_is_a_number() -> None:
    assert port_number("8000") == 8000


def test_a_full_disk_is_recognised_in_what_programs_say() -> None:
    assert tells_of_a_full_disk("initdb: error: could not write: No space left on device")
    assert not tells_of_a_full_disk("no room at the inn")
    assert "The disk is full (/var/x)" in sentence_about(OSError(28, "No space left", "/var/x"))


def test_the_last_words_of_a_program_are_those_that_tell() -> None:
    assert last_words("reading\nERROR: no such table\nbye\n") == "ERROR: no such table"
    assert last_words("one\ntwo\n") == "two"
    assert last_words("") == "it said nothing"

"""`run.json`: what the running (or last) `make run` of a state folder is made of."""

import json
import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path

from iria.running import processes
from iria.running.places import write_whole


@dataclass
class Record:
    """The supervisor's number, the site's address, and its children by number and start time."""

    pid: int
    address: str
    stopping: bool = False
    children: dict[int, str] = field(default_factory=dict)


def read(state: Path) -> Record | None:
    try:
        found = json.loads(_file(state).read_text())
        found["children"] = {int(pid): began for pid, began in found["children"].items()}
        return Record(**found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write(state: Path, record: Record) -> None:
    write_whole(_file(state), json.dumps(asdict(record)) + "\n")


def clear_leftovers(state: Path) -> None:
    """End the children of a supervisor that was killed, where the kernel has not done so.

    Their numbers alone would not do: another process may have got one since.
    """
    last = read(state)
    if last is None:
        return
    left = [pid for pid, began in last.children.items() if processes.started_at(pid) == began]
    for number, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
        left = [pid for pid in left if processes.started_at(pid) == last.children[pid]]
        for pid in left:
            processes.send_group(pid, number)
        for pid in left:
            processes.wait_for_end(pid, patience)


def _file(state: Path) -> Path:
    return state / "run.json"

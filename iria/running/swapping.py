"""The last step of an upgrade: the new cluster takes the old one's place.

Two renames cannot be one, so a note is written first; whoever starts next finishes what a crash
between them left. Without it a missing `postgres` folder would look like a first start.
"""

import json
import shutil
from pathlib import Path

from iria.running.places import write_whole


def begin(state: Path, old_name: str) -> None:
    """Note that the cluster in `upgrade/` is complete, and what the old one is to be called."""
    write_whole(_note(state), json.dumps({"old": old_name}))


def finish(state: Path) -> None:
    """Carry out what a note says; without one, do nothing."""
    try:
        old = state / json.loads(_note(state).read_text())["old"]
    except FileNotFoundError:
        return
    data, fresh = state / "postgres", state / "upgrade" / "postgres"
    if fresh.exists():
        if not old.exists():
            data.rename(old)
        fresh.rename(data)
    shutil.rmtree(state / "upgrade")


def _note(state: Path) -> Path:
    return state / "upgrade" / "complete.json"

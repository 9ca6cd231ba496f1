"""The shared data outside the project; tests that need it are skipped without it."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def shared_data(*parts: str) -> Path:
    """A path of the shared data; skips the test if it does not exist."""
    folders = [Path(os.environ["IRIA_SHARED"])] if os.environ.get("IRIA_SHARED") else []
    folders += [parent / "shared" for parent in PROJECT.parents]
    for folder in folders:
        path = (folder / "data").joinpath(*parts)
        if path.exists():
            return path
    pytest.skip(f"the shared data {'/'.join(parts)} is not on this machine")

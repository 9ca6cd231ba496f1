"""Where the material for evaluation lies, outside the project; tests that need it skip without it."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def shared_data(*parts: str) -> Path:
    """A path below the shared data, or a skip that says what is missing."""
    places = [Path(os.environ["IRIA_SHARED"])] if os.environ.get("IRIA_SHARED") else []
    places += [above / "shared" for above in PROJECT.parents]
    for place in places:
        path = (place / "data").joinpath(*parts)
        if path.exists():
            return path
    pytest.skip(f"the shared data {'/'.join(parts)} is not on this machine")

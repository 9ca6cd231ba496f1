"""The size of stress tests, small in `make prove-small` and full in `make prove`; and how long tests wait."""

import os
from typing import Final

FULL = os.environ.get("IRIA_PROOFS") == "full"

PATIENCE: Final = 120
"""Seconds after which something hangs; a busy machine is slow."""


def sized[T](small: T, full: T) -> T:
    return full if FULL else small

"""The size of stress tests: small in `make prove-small`, full in `make prove`."""

import os

FULL = os.environ.get("IRIA_PROOFS") == "full"


def sized[T](small: T, full: T) -> T:
    return full if FULL else small

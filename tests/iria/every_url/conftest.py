"""Whole sweeps over the site: `make prove-small` runs them, not `make test`."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_logging() -> Iterator[None]:
    """There would be a hundred thousand log lines."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)

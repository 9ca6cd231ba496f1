"""Fixtures of the digest tests."""

import pytest


@pytest.fixture(autouse=True)
def _without_jobs(without_jobs: None) -> None:
    """Enqueues no jobs."""

"""No test in the browser depends on how soon the site answers: each answer is put off by chance."""

import os
import subprocess
import sys
from typing import Final

import pytest

from tests.proofs.size import FULL

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="the tests in the browser have run without delay"),
]

LATE_SECONDS: Final = "0.4"
"""Longer than a person takes from one key to the next."""


def test_every_test_in_the_browser_passes_when_answers_are_late() -> None:
    command = (sys.executable, "-m", "pytest", "-m", "browser", "tests/browser", "-q", "-n", "2")
    apart = ("--dist", "loadfile", "-o", "faulthandler_timeout=0", "-p", "no:cacheprovider")
    ended = subprocess.run(
        [*command, *apart], env=os.environ | {"IRIA_LATE_SECONDS": LATE_SECONDS}, check=False
    )
    assert ended.returncode == 0

"""Browser tests do not depend on fast responses: each response is delayed at random."""

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
"""Longer than between two keystrokes."""


def test_browser_tests_pass_with_late_responses() -> None:
    command = (sys.executable, "-m", "pytest", "-m", "browser", "tests/browser", "-q", "-n", "2")
    options = ("--dist", "loadfile", "-o", "faulthandler_timeout=0", "-p", "no:cacheprovider")
    result = subprocess.run(
        [*command, *options], env=os.environ | {"IRIA_LATE_SECONDS": LATE_SECONDS}, check=False
    )
    assert result.returncode == 0

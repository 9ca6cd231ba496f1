"""Imports of WordPress exports."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from iria.transfer.report import Outcome
from tests.iria.transfer import wxr

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*parts: str, status: int = 0, **options: Any) -> dict[str, Any]:
        file = wxr.write(tmp_path, *parts)
        target = tmp_path / "report.json"
        with pytest.raises(SystemExit) if status else nullcontext() as stopped:
            call_command("import_wordpress", file, report=target, verbosity=0, **options)
        assert stopped is None or stopped.value.code == status
        found: dict[str, Any] = json.loads(target.read_text())
        for counts in found["counts"].values():
            assert counts["found"] == sum(counts[each] for each in Outcome)
        return found

    return run

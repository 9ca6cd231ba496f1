"""The command that restores a backup."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from iria.backup import manifest, restoring


def test_without_a_terminal_nothing_is_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    monkeypatch.setattr(manifest, "find", lambda folder: folder)
    monkeypatch.setattr(restoring, "restore", lambda *_args, **_options: pytest.fail("restored"))
    with pytest.raises(CommandError):
        call_command("restore", str(tmp_path), "--replace")

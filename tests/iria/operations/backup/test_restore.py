"""The command that restores a backup."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from iria.operations.backup import manifest, restoring


def test_without_a_terminal_nothing_is_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    monkeypatch.setattr(manifest, "find", lambda folder: folder)
    monkeypatch.setattr(restoring, "restore", lambda *_args, **_options: pytest.fail("restored"))
    with pytest.raises(CommandError):
        call_command("restore", str(tmp_path), "--replace")


def test_the_newest_backup_of_the_site_is_the_default(tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_DIRECTORY = str(tmp_path)
    with pytest.raises(CommandError, match=str(tmp_path)):
        call_command("restore")

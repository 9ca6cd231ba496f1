"""Loads and commits the demo newsroom once for all tests of this folder.

Each test runs in its own transaction on top of it; the demo is removed at the end.
Every test of this folder must use the database, so that pytest runs them together.
"""

import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from articles.images.library import decoder_client
from tests.iria.demo.newsroom import PASSWORD, REMEMBERED, Rows, every_row


@pytest.fixture(scope="package", autouse=True)
def before(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rows]:
    """Loads the newsroom; returns the rows before."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(STATE=folder, MEDIA_ROOT=folder / "media"),
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("IRIA_DEMO_PASSWORD", PASSWORD)
        environment.setattr(decoder_client, "ingest", _once(tmp_path_factory.mktemp("decoded")))
        rows = every_row()
        call_command("load_demo", verbosity=0)
        yield rows
        call_command("load_demo", "--remove", stdout=StringIO())
        # These rows stay after a removal; other tests need a new site.
        for model in REMEMBERED:
            model._default_manager.all().delete()


def _once(kept: Path) -> Callable[[Path, Path], dict[str, Any]]:
    """Decodes each image of the demo once, although tests load the demo again."""
    ingest = decoder_client.ingest
    results: dict[Path, dict[str, Any]] = {}

    def from_memory(path: Path, folder: Path) -> dict[str, Any]:
        files = kept / path.name
        if path not in results:
            files.mkdir()
            results[path] = ingest(path, files)
        shutil.copytree(files, folder, dirs_exist_ok=True)
        return results[path]

    return from_memory


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path

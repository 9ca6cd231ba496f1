import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from iria.launcher.cluster import Cluster


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder the database's account can reach too; pytest's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="iria-launcher-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(open_folder: Path) -> Cluster:
    """A cluster of our own, made at the first use; nothing of it runs between tests."""
    return Cluster(open_folder / "state")

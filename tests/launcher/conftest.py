import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from iria.launcher.cluster import Cluster


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that the account of the database can enter; those of pytest are private."""
    folder = Path(tempfile.mkdtemp(prefix="iria-launcher-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(open_folder: Path) -> Cluster:
    """A private cluster, created at its first use; it does not run between tests."""
    return Cluster(open_folder / "state")

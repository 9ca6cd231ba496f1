"""IRIA as a package: the wheel is built, installed in a new environment, and serves a newsroom.

make prove wheel
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from iria.launcher.paths import PROJECT
from tests.newsletter.mailserver import free_port
from tests.proofs.clone import surroundings
from tests.proofs.size import PATIENCE
from tests.proofs.test_upgrade import new_database

pytestmark = pytest.mark.proof

READY_SECONDS = 600


class Installed:
    """The wheel in an environment of its own, used from another folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "newsroom"
        self.folder.mkdir()
        self.programs = folder / "environment" / "bin"
        run(sys.executable, "-m", "venv", "--without-pip", folder / "environment")
        self.packages = next((folder / "environment" / "lib").glob("python*/site-packages"))
        # The dependencies are those of this environment, so that nothing is downloaded.
        (self.packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=PROJECT)
        wheel = next(folder.glob("*.whl"))
        pip = (sys.executable, "-m", "pip", "--python", self.programs / "python")
        run(*pip, "install", "--no-deps", "--no-index", wheel)

    def iria(self, *arguments: str) -> str:
        return run(self.programs / "iria", *arguments, cwd=self.folder)

    def files(self) -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.packages.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=surroundings(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def site(installed: Installed) -> Iterator[str]:
    """A database, and the file `.env` in the folder of the newsroom; the URL of the site."""
    port = free_port()
    with new_database() as url:
        (installed.folder / ".env").write_text(
            f"DATABASE_URL={url}\nSITE_URL=http://127.0.0.1:{port}\nSECRET_KEY={os.urandom(32).hex()}\n"
        )
        yield f"http://127.0.0.1:{port}"


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        assert answer.status == 200
        return str(answer.read().decode(errors="replace"))


def test_the_installed_command_runs_a_newsroom(installed: Installed, site: str) -> None:
    before = installed.files()
    installed.iria("check")
    installed.iria("migrate", "--verbosity", "0")

    output = installed.folder / "output"
    command: list[str | Path] = [installed.programs / "iria", "run", site.rpartition(":")[2]]
    with (
        output.open("w") as log,
        subprocess.Popen(
            command, cwd=installed.folder, env=surroundings(), stdout=log, stderr=log
        ) as process,
    ):
        try:
            deadline = time.monotonic() + READY_SECONDS
            while "Sign in:" not in output.read_text():
                assert process.poll() is None, output.read_text()
                assert time.monotonic() < deadline, output.read_text()
                time.sleep(0.1)
            look_around(site)
            assert "error" not in installed.iria("doctor", "--offline")
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert installed.files() == before
    assert {"media", "static", "log"} <= {
        path.name for path in (installed.folder / "var").iterdir()
    }


def look_around(site: str) -> None:
    front = read(site)
    article = re.search(r'href="(/\d{4}/\d\d/[^"/]+/)"', front)
    style = re.search(r'href="(/static/css/[^"]+)"', front)
    assert article
    assert style
    assert "<article" in read(site + article[1])
    assert "@layer" in read(site + style[1])
    assert 'name="csrfmiddlewaretoken"' in read(f"{site}/admin/login/?next=/admin/")
    # The catalogues of other languages are in the wheel, too.
    assert 'lang="fr"' in read(f"{site}/language/fr/")


def test_a_wrong_setting_is_one_sentence(installed: Installed, site: str) -> None:
    (installed.folder / ".env").write_text("SITE_URL=nonsense\nSECRET_KEY=x\nDATABASE_URL=nonsense")
    for arguments in (["check"], ["web", "--bind=127.0.0.1:0", "--log-level=critical"]):
        done = subprocess.run(
            [installed.programs / "iria", *arguments],
            cwd=installed.folder,
            env=surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "SITE_URL" in done.stderr

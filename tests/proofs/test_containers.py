"""The Dockerfile and compose.yaml lead to a running site.

make prove containers
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.clone import clone
from tests.proofs.machine.containers import STAND_INS, Compose, build
from tests.proofs.machine.guide_runner import commit
from tests.proofs.machine.new_machine import NewMachine, new_machine
from tests.proofs.test_production import MISSING, PACKAGES, downloaded

pytestmark = [pytest.mark.proof, pytest.mark.skipif(bool(MISSING), reason=MISSING)]

SOURCE = "/srv/source"
SITE = "http://localhost:8080"


@pytest.fixture(scope="module")
def compose() -> Iterator[Compose]:
    folder = Path(tempfile.mkdtemp(prefix="iria-containers-"))
    try:
        repository = clone(folder / "iria")
        shutil.rmtree(repository / ".git", ignore_errors=True)
        subprocess.run(["git", "init", "--quiet"], cwd=repository, check=True)
        commit(repository)
        with new_machine(repository, downloaded(folder / "wheels")) as machine:
            machine.run(PACKAGES, outside=True)
            machine.run(
                f"git clone --quiet https://git.example.org/iria.git {SOURCE}"
                " && ln -sf python3 /usr/bin/python"
                " && echo 127.0.0.1 database web >> /etc/hosts"
                f" && printf 'SITE_URL={SITE}\\nSECRET_KEY=%s\\nPOSTGRES_PASSWORD=%s\\n'"
                f" $(openssl rand -hex 32) $(openssl rand -hex 16) > {SOURCE}/.env"
            )
            print("\nstand-ins:", *STAND_INS, sep="\n  ")
            yield Compose(machine, SOURCE, build(machine, SOURCE))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ask(machine: NewMachine, path: str) -> str:
    return machine.run(f"curl --fail --silent --show-error --include {SITE}{path}")


def test_compose_starts_a_site_in_the_order_of_its_dependencies(compose: Compose) -> None:
    order = compose.up()
    assert order.index("database") < order.index("migrate") < order.index("web")
    assert order.index("web") < order.index("front")
    machine = compose.machine
    front = ask(machine, "/")
    style = re.search(r'href="(/static/css/[^"]+)"', front)
    assert style
    assert "immutable" in ask(machine, style[1])
    assert 'name="csrfmiddlewaretoken"' in ask(machine, "/admin/login/?next=/admin/")
    assert "200" in ask(machine, "/readyz/worker/").splitlines()[0]


def test_stored_pages_are_sent_by_nginx_while_the_site_is_down(compose: Compose) -> None:
    machine = compose.machine
    file = "/srv/iria/pages/current/http/localhost/index.html"
    machine.run(
        f"for n in $(seq 200); do curl --fail --silent --output /dev/null {SITE}/;"
        # A job of the worker may have changed the page.
        f" test -f {file} && sleep 1 && test -f {file} && exit; sleep 0.5; done; ls -lR /srv/iria/pages; exit 1"
    )
    machine.run("systemctl stop web")
    page = ask(machine, "/")
    assert "accept-ranges: bytes" in page.lower()
    assert "</html>" in page
    assert "strict-transport-security" not in page.lower()
    secure = f"curl --silent --output /dev/null --write-out '%{{http_code}}' {SITE}/"
    assert machine.run(f"{secure} --header 'X-Forwarded-Proto: https'") == "502"
    machine.run("setpriv --reuid www-data --clear-groups test ! -w /srv/iria/pages")
    compose.start("web")
    assert ask(machine, "/healthz").rstrip().endswith("ok")


def test_the_image_has_no_secret_and_no_package_installer(compose: Compose) -> None:
    machine = compose.machine
    key = compose.settings["SECRET_KEY"]
    assert machine.run(f"grep -r {key} /opt/iria /source || true") == ""
    assert machine.run("ls /opt/iria/bin/pip* 2> /dev/null || true") == ""
    assert ".env" not in machine.run("ls -A /source").split()


def test_the_site_can_write_to_its_volumes_only(compose: Compose) -> None:
    paths = (f"-path /srv/iria/{name}" for name in ("state", "backups", "uploads", "pages"))
    volumes = rf"\( {' -o '.join(paths)} \) -prune"
    find = f"find /opt/iria /srv/iria {volumes} -o -not -type l -writable -print"
    user = "setpriv --reuid iria --regid iria --clear-groups"
    assert compose.machine.run(f"{user} {find}") == ""

"""Runs the production guide on a new machine.

make prove production
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.clone import clone
from tests.proofs.machine.guide import GUIDE, boxes
from tests.proofs.machine.guide_runner import (
    MARK,
    PASSWORD,
    SITE,
    Operator,
    commit,
    image_of,
    one_of,
)
from tests.proofs.machine.new_machine import DOMAIN, STAND_INS, new_machine
from tests.proofs.size import FULL, PATIENCE, sized
from tests.proofs.test_outage import wait_until
from tests.shared import PROJECT

ARTICLE = """
import sys
sys.path.append("/srv/iria/source")  # for the tests, which are not in the wheel
from articles.images.library import ingest
from articles.images import renditions
from tests import newsroom
file = newsroom.picture_file(width=900, height=600, colour="COLOUR")
image = ingest.ingest(file, by=None, credit="Ines Faro", alt_text="A harbour")
renditions.make(image)
newsroom.published("Ferries in COLOUR", lead_image=image)
print(image.renditions.first().get_absolute_url())
"""
CONTENT = sized(
    f"iria-manage shell --command={shlex.quote(ARTICLE.replace('COLOUR', 'blue'))}",
    f"IRIA_DEMO_PASSWORD={PASSWORD} iria-manage load_demo",
)
"""One article with its image, or the demo newsroom."""
UNCOMPARED = (
    "table_name NOT LIKE 'procrastinate_%'"
    " AND table_name NOT IN"
    " ('iria_backuprun', 'iria_cache', 'iria_change', 'iria_dailykey', 'iria_ratecount')"
)
"""The worker deletes rows of these meanwhile; counts of requests, for example, at a certain minute of the hour."""
PACKAGES = """
packages="curl git libnginx-mod-http-brotli-static nginx openssh-client openssl postgresql python3 python3-venv rsync"
dpkg --status $packages > /dev/null 2>&1 || { /usr/bin/apt-get -q -o Acquire::Retries=5 update; /usr/bin/apt-get -q -o Acquire::Retries=5 install --yes $packages; }
"""
"""What `iria-server` installs, apart from certbot, which has a stand-in."""
COUNTS = f"""
    SELECT table_name || ' ' || (xpath('/row/n/text()', query_to_xml(
        format('SELECT count(*) AS n FROM %I', table_name), false, true, '')))[1]::text
    FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND {UNCOMPARED} ORDER BY 1
"""


def missing_requirement() -> str:
    """Why a new machine cannot be simulated here; empty if it can."""
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return "needs root on Debian or a derivative"
    needed = ("unshare", "nsenter", "openssl", "git", "script")
    if missing := [name for name in needed if shutil.which(name) is None]:
        return f"this machine lacks {', '.join(missing)}"
    spaces = ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork"]
    overlay = "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt"
    if subprocess.run([*spaces, "sh", "-c", overlay], capture_output=True).returncode:
        return "this machine allows no namespaces with a layer over its file system"
    return ""


def downloaded(folder: Path) -> Path:
    """The packages of the locks, and what pip needs to install those that are published as source."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", f"--dest={folder}"]
    for lock in ("requirements.txt", "requirements-build.txt"):
        locked = ["--require-hashes", "--no-deps", f"--requirement={PROJECT / lock}"]
        subprocess.run([*pip, *locked], check=True)
    subprocess.run([*pip, "setuptools"], check=True)
    return folder


MISSING = missing_requirement()
pytestmark = [pytest.mark.proof, pytest.mark.skipif(bool(MISSING), reason=MISSING)]


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    """A machine on which the guide was run up to a running site."""
    folder = Path(tempfile.mkdtemp(prefix="iria-guide-"))
    try:
        repository = clone(folder / "iria")
        shutil.rmtree(repository / ".git", ignore_errors=True)
        subprocess.run(
            ["git", "init", "--quiet", "--initial-branch=main"], cwd=repository, check=True
        )
        commit(repository)
        with new_machine(repository, downloaded(folder / "wheels")) as machine:
            machine.run(PACKAGES, outside=True)
            created = Operator(machine, repository)
            print(f"\nthe guide on {platform.freedesktop_os_release()['PRETTY_NAME']}")
            created.follow(*(f"{number}." for number in range(1, 6)))
            machine.run(CONTENT)
            yield created
            ignored = machine.run("systemctl stand-in-ignored").split()
            print(
                "stand-ins:",
                *STAND_INS,
                f"not applied of the unit files: {', '.join(ignored)}",
                sep="\n  ",
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_guide_leads_to_a_site_with_tls(operator: Operator) -> None:
    front = operator.ask(f"{SITE}/")
    assert (front.status, "strict-transport-security" in front.headers) == (200, True)
    assert "HTTP/2" in operator.machine.run(f"curl --silent --head {SITE}/")
    plain = operator.ask(f"http://{DOMAIN}/search/?q=sea")
    assert (plain.status, f"location: {SITE}/search/?q=sea" in plain.headers) == (301, True)
    assert operator.ask(f"{SITE}/healthz").body == "ok"
    assert operator.ask(f"{SITE}/readyz").status == 200
    for path in (one_of(front, r'href="(/static/css/[^"]+)"'), image_of(front)):
        assert (
            operator.ask(f"{SITE}{path}", "--output", "/dev/null", "--dump-header", "-").status
            == 200
        )
    mail = operator.machine.mails()[0]
    assert "admin@example.org" in mail


def test_the_set_up_may_be_repeated(operator: Operator) -> None:
    state = "cat /etc/iria.env; readlink /srv/iria/current; stat --format=%Y /etc/letsencrypt/live/*/*.pem"
    before = operator.machine.run(state)
    operator.follow("2.")
    assert operator.machine.run(state) == before
    _git, *asked = operator.machine.run("cat /var/log/stand-in/apt-get").splitlines()
    assert asked[2:] == asked[:2]
    assert all(program in asked[1] for program in ("certbot", "nginx", "postgresql"))


def test_systemd_finds_no_error_in_the_units(operator: Operator) -> None:
    output = operator.machine.run("systemd-analyze verify /etc/systemd/system/iria-* 2>&1")
    assert output == ""


def test_superusers_get_an_e_mail_about_a_unit_that_failed(operator: Operator) -> None:
    operator.machine.run("systemctl start iria-failure@iria-backup.service")
    mail = operator.machine.mails()[-1]
    assert "iria-backup failed" in mail
    assert "edna@example.org" in mail


def test_the_first_administrator_must_set_up_two_factor_authentication(operator: Operator) -> None:
    assert operator.sign_in().endswith("/accounts/second-factor/")


def test_the_site_cannot_write_code_and_settings(operator: Operator) -> None:
    """The user of the site can write only to the state folder, which other users cannot read."""
    writable = operator.machine.run(
        "runuser -u iria -- find /srv/iria /etc/iria.env -path /srv/iria/state -prune -o -not -type l -writable -print"
    )
    assert writable == ""
    seen = operator.machine.run(
        "runuser -u www-data -- sh -c 'ls /srv/iria/state; cat /etc/iria.env; ls /var/backups/iria/*' 2>&1 || true"
    )
    assert seen.count("Permission denied") == 3


def test_a_changed_setting_loses_no_request(operator: Operator) -> None:
    machine = operator.machine
    with operator.readers("/", "/search/?q=sea", "/healthz"):
        machine.run("sed -i 's/^ALLOWED_HOSTS=.*/&,localhost/' /etc/iria.env")
        for _ in range(sized(1, 5)):
            operator.follow("Change a setting")
            time.sleep(3)
    named = ("--header", "Host: localhost")
    # To https; an unknown host gets 400, also from the processes before, which end when the new ones are ready.
    wait_until(lambda: operator.ask("http://127.0.0.1:8000/", *named).status == 301, PATIENCE)


def test_an_upgrade_loses_no_request_and_can_be_rolled_back(operator: Operator) -> None:
    front = operator.ask(f"{SITE}/")
    old_style = one_of(front, r'href="(/static/css/[^"]+)"')
    assert MARK not in front.body
    operator.publish_next_version()
    with operator.readers("/", image_of(front), old_style, "/feed/"):
        operator.follow("Upgrade")
        time.sleep(2)
    wait_until(lambda: MARK in operator.ask(f"{SITE}/").body, PATIENCE)
    front = operator.ask(f"{SITE}/")
    style = one_of(front, r'href="(/static/css/[^"]+)"')
    assert style != old_style
    assert ".next-version" in operator.ask(f"{SITE}{style}").body
    assert operator.query("iria", "SELECT count(*) FROM next_version").strip() == "0"

    with operator.readers("/", image_of(front), "/feed/"):
        operator.follow("When an upgrade fails")
        time.sleep(2)  # Files of pages of the other version are deleted soon after the start.
    wait_until(lambda: MARK not in operator.ask(f"{SITE}/").body, PATIENCE)
    front = operator.ask(f"{SITE}/")
    assert one_of(front, r'href="(/static/css/[^"]+)"') == old_style


def test_a_failed_update_does_not_change_the_site(operator: Operator) -> None:
    machine = operator.machine
    before = machine.run("readlink /srv/iria/current")
    with pytest.raises(AssertionError, match="neither a wheel nor a clone"):
        machine.run("iria-server upgrade /srv/iria")
    if FULL:  # it makes a whole environment
        machine.run("echo API_RATE_LIMIT=many >> /etc/iria.env")
        with pytest.raises(AssertionError, match="API_RATE_LIMIT"):
            machine.run("iria-server upgrade")
        machine.run("sed -i /^API_RATE_LIMIT/d /etc/iria.env")
    assert machine.run("readlink /srv/iria/current") == before
    assert operator.ask(f"{SITE}/readyz").status == 200


def test_a_backup_restores_all_rows_and_images(operator: Operator) -> None:
    front = operator.ask(f"{SITE}/")
    article = one_of(front, r'href="(/\d{4}/\d\d/[^"/]+/)"')
    image = image_of(front)
    page, picture = operator.checksum(article), operator.checksum(image)
    operator.box("Upgrade", 0)
    rows = operator.query("iria", COUNTS)

    assert "can be restored" in operator.box("Restore a backup", 0)

    operator.query("iria", "TRUNCATE articles_article CASCADE")
    operator.machine.run("rm -r $(readlink -f /srv/iria/state/media)/*")
    wait_until(lambda: operator.ask(f"{SITE}{article}").status == 404, PATIENCE)
    operator.box("Restore a backup", 1)
    assert (operator.checksum(article), operator.checksum(image)) == (page, picture)
    assert operator.query("iria", COUNTS) == rows


def test_a_new_secret_key_keeps_everybody_signed_in(operator: Operator) -> None:
    operator.sign_in()
    before = operator.machine.run("grep ^SECRET_KEY= /etc/iria.env")
    operator.follow("Rotate the secret key")
    time.sleep(3)
    former = operator.machine.run("grep ^SECRET_KEY_FALLBACKS= /etc/iria.env")
    assert former.partition("=")[2] == before.partition("=")[2]
    profile = operator.ask(f"{SITE}/accounts/profile/", "--cookie", "/root/cookies")
    assert (profile.status, "edna@example.org" in profile.body) == (200, True)


def test_nginx_can_serve_the_images(operator: Operator) -> None:
    image = image_of(operator.ask(f"{SITE}/"))
    before = operator.checksum(image)
    operator.follow("Let nginx send the images")
    direct = operator.ask(
        f"http://127.0.0.1:8000{image}",
        "--header",
        "X-Forwarded-Proto: https",
        "--header",
        f"Host: {DOMAIN}",
    )
    assert "x-accel-redirect: /kept-pictures/" in direct.headers
    assert operator.checksum(image) == before
    refused = "runuser -u www-data -- ls /srv/iria/media/originals /srv/iria/state 2>&1 || true"
    assert operator.machine.run(refused).count("Permission denied") == 2
    # nginx can read new files too.
    article = shlex.quote(ARTICLE.replace("COLOUR", "red"))
    added = operator.machine.run(f"iria-manage shell --verbosity=0 --command={article}").split()[-1]
    operator.checksum(added)


def test_every_block_of_the_guide_was_run(operator: Operator) -> None:
    assert {box.heading for box in boxes()} == set(operator.executed), GUIDE

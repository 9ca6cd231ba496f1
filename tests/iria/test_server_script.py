"""`iria-server`, the script for one server, refuses in one sentence what it cannot do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.shared import PROJECT

SCRIPT = PROJECT / "iria" / "deployment" / "iria-server"
GIVEN = ("install", "--domain", "www.example.org", "--email", "admin@example.org")
PROGRAMS = {
    "id": "echo 0",
    "getent": "exit 0",
    "apt-get": "exit 1",
    "systemctl": "exit 1",
    "runuser": "exit 1",
    "nginx": "echo nginx version: nginx/1.22.1 >&2",
}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs that stand in for those of a server."""
    for name, script in PROGRAMS.items():
        stand_in(tmp_path, name, script)
    return tmp_path


def installed(folder: Path) -> Path:
    """The script for a server whose files are in this folder."""
    script = folder / "iria-server"
    text = SCRIPT.read_text().replace("/etc/iria.env", str(folder / "iria.env"))
    text = text.replace("site=/etc/nginx/sites-available", f"site={folder}/sites")
    script.write_text(text.replace("home=/srv/iria", f"home={folder}"))
    return script


def stand_in(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def server(
    programs: Path, *arguments: str, script: Path = SCRIPT
) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(
        ["/bin/sh", script, *arguments], env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("install", "--email", "admin@example.org"), "--domain"),
        (("install", "--domain", "example", "--email", "admin@example.org"), "example"),
        (("install", "--domain", "a b;rm.org", "--email", "admin@example.org"), "--domain"),
        (("install", "--domain", "www.example.org"), "--email"),
        (("install", "--domain", "www.example.org", "--email", "nobody"), "--email"),
        (("install", "--domain"), "--domain"),
        (("install", "--verbose"), "--verbose"),
        ((*GIVEN, "/nowhere"), "/nowhere"),
        ((*GIVEN, "--certificate", "/etc/site.pem"), "--key"),
        ((*GIVEN, "--behind-proxy", "10.0.0.5", "--key", "/etc/site.key"), "proxy"),
        ((*GIVEN, "--behind-proxy", "everybody"), "--behind-proxy"),
        ((*GIVEN, "--behind-proxy", "0.0.0.0/0"), "--behind-proxy"),
        (("upgrade",), "iria-server install"),
        (("rollback",), "version"),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    programs: Path, arguments: tuple[str, ...], part: str
) -> None:
    refused(server(programs, *arguments), part)


@pytest.mark.parametrize(
    ("name", "script", "part"),
    [("id", "echo 1000", "root"), ("getent", "exit 2", "www.example.org")],
)
def test_a_server_that_is_not_ready_is_one_sentence(
    programs: Path, name: str, script: str, part: str
) -> None:
    stand_in(programs, name, script)
    refused(server(programs, *GIVEN), part)


def refused(outcome: "subprocess.CompletedProcess[str]", part: str) -> None:
    assert outcome.returncode == 1
    assert outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == 1
    assert part in outcome.stderr


def test_without_a_command_it_prints_what_there_is(programs: Path) -> None:
    outcome = server(programs)
    assert outcome.returncode == 2
    assert "rollback" in outcome.stderr


def test_a_dry_run_changes_nothing_and_prints_no_secret(programs: Path) -> None:
    outcome = server(programs, "--dry-run", *GIVEN)
    assert outcome.returncode == 0, outcome.stderr
    for line in ("certbot certonly", "createdb --owner=iria", "systemctl enable --now iria-web"):
        assert line in outcome.stdout
    assert "SECRET_KEY" not in outcome.stdout


def test_a_dry_run_shows_programs_and_files_before_the_name_has_an_address(
    programs: Path, tmp_path: Path
) -> None:
    stand_in(programs, "getent", "exit 2")
    outcome = server(programs, "--dry-run", *GIVEN, str(PROJECT), script=installed(tmp_path))
    assert outcome.returncode == 0, outcome.stderr
    assert "www.example.org has no address" in outcome.stdout
    assert "SITE_URL=https://www.example.org" in outcome.stdout
    assert "ssl_certificate     /etc/letsencrypt/live/www.example.org/" in outcome.stdout
    (packages,) = (line for line in outcome.stdout.splitlines() if "apt-get -q install" in line)
    assert {"certbot", "rsync", "openssh-client"} <= set(packages.split())


def certificate(folder: Path, name: str, *options: str) -> Path:
    """A certificate for `name` of an authority of its own, beside its key."""
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    file = folder / f"{name}.pem"
    names = ["-subj", "/CN=Harbour", "-addext", f"subjectAltName=DNS:{name}"]
    output = ["-nodes", "-keyout", str(file.with_suffix(".key")), "-out", str(file)]
    subprocess.run([*request, *names, *output, *options], check=True, capture_output=True)
    return file


def test_the_certificate_of_an_institute_needs_neither_certbot_nor_an_address(
    programs: Path, tmp_path: Path
) -> None:
    stand_in(programs, "getent", "exit 2")
    file = certificate(tmp_path, "www.example.org")
    given = ("--certificate", str(file), "--key", str(file.with_suffix(".key")))
    outcome = server(
        programs, "--dry-run", *GIVEN, *given, str(PROJECT), script=installed(tmp_path)
    )
    assert outcome.returncode == 0, outcome.stderr
    assert f"ssl_certificate     {file};" in outcome.stdout
    assert f"ssl_certificate_key {file.with_suffix('.key')};" in outcome.stdout
    assert "certbot" not in outcome.stdout
    assert "letsencrypt" not in outcome.stdout


def test_a_certificate_that_cannot_be_used_is_one_sentence(programs: Path, tmp_path: Path) -> None:
    good = certificate(tmp_path, "www.example.org")
    other = certificate(tmp_path, "www.example.net")
    past = ("-not_before", "20200101000000Z", "-not_after", "20210101000000Z")
    (tmp_path / "old").mkdir()
    expired = certificate(tmp_path / "old", "www.example.org", *past)
    binary = tmp_path / "binary.pem"
    subprocess.run(["openssl", "x509", "-in", good, "-outform", "DER", "-out", binary], check=True)
    for file, key, part in (
        (tmp_path / "missing.pem", good.with_suffix(".key"), "cannot be read"),
        (good, tmp_path / "missing.key", "cannot be read"),
        (binary, good.with_suffix(".key"), "PEM"),
        (good, good, "no private key"),
        (good, other.with_suffix(".key"), "does not belong"),
        (expired, expired.with_suffix(".key"), "expired"),
        (other, other.with_suffix(".key"), "www.example.org"),
    ):
        refused(server(programs, *GIVEN, "--certificate", str(file), "--key", str(key)), part)


def test_behind_a_proxy_nginx_speaks_http_and_trusts_that_proxy_only(
    programs: Path, tmp_path: Path
) -> None:
    stand_in(programs, "getent", "exit 2")
    given = ("--behind-proxy", "10.0.0.5")
    outcome = server(
        programs, "--dry-run", *GIVEN, *given, str(PROJECT), script=installed(tmp_path)
    )
    assert outcome.returncode == 0, outcome.stderr
    for part in ("listen 80;", "set_real_ip_from 10.0.0.5;", "X-Forwarded-Proto $iria_proto;"):
        assert part in outcome.stdout
    for part in ("ssl_certificate", "http2", "X-Forwarded-Proto https", "return 301", "certbot"):
        assert part not in outcome.stdout


def test_a_site_of_nginx_that_would_ignore_an_option_is_one_sentence(
    programs: Path, tmp_path: Path
) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "iria").write_text("server {}\n")
    given = ("--behind-proxy", "10.0.0.5")
    refused(server(programs, *GIVEN, *given, script=installed(tmp_path)), "set_real_ip_from")


@pytest.mark.parametrize(
    ("values", "locks"),
    [
        ("S3_BUCKET=\n#SENTRY_DSN=https://key@sentry.example.org/1\n", ""),
        (
            "S3_BUCKET=pictures\nMAIL_PROVIDER=postmark\n",
            " requirements-s3.txt requirements-webhooks.txt",
        ),
        ("SENTRY_DSN=https://key@sentry.example.org/1\n", " requirements-sentry.txt"),
    ],
)
def test_a_release_gets_the_packages_that_its_settings_need(
    programs: Path, tmp_path: Path, values: str, locks: str
) -> None:
    (tmp_path / "iria.env").write_text(values)
    (tmp_path / "current").mkdir()
    outcome = server(programs, "--dry-run", "upgrade", str(PROJECT), script=installed(tmp_path))
    assert outcome.returncode == 0, outcome.stderr
    (line,) = (
        each for each in outcome.stdout.splitlines() if each.startswith(f"install {PROJECT} in ")
    )
    assert line.endswith(f" with requirements.txt{locks}")
    for name in locks.split():
        assert (PROJECT / name).exists()


def test_an_upgrade_that_is_refused_installs_nothing(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    wheel = tmp_path / "iria-9.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("iria/data/requirements.txt", "")
    stand_in(programs, "python3", f'exec {sys.executable} "$@"')
    stand_in(programs, "runuser", 'echo "Upgrade to another release first." >&2\nexit 1')
    outcome = server(programs, "upgrade", str(wheel), script=installed(tmp_path))
    refused(outcome, "another release")
    assert not (tmp_path / "releases").exists()


def test_an_install_is_repeated_without_the_source_of_the_first_one(programs: Path) -> None:
    deployment = programs / "current/lib/python3.13/site-packages/iria/deployment"
    deployment.mkdir(parents=True)
    shutil.copy(SCRIPT.with_name("nginx.conf"), deployment)
    outcome = server(programs, "--dry-run", *GIVEN, script=installed(programs))
    assert outcome.returncode == 0, outcome.stderr
    assert f"{deployment}/systemd/iria-web.service" in outcome.stdout


def test_a_rollback_returns_to_the_units_of_the_version_before(
    programs: Path, tmp_path: Path
) -> None:
    for name in ("current", "previous"):
        (tmp_path / name / "lib/python3.13/site-packages/iria/deployment").mkdir(parents=True)
    outcome = server(programs, "--dry-run", "rollback", script=installed(tmp_path))
    assert outcome.returncode == 0, outcome.stderr
    units = tmp_path / "previous/lib/python3.13/site-packages/iria/deployment/systemd"
    restart = outcome.stdout.index("systemctl try-restart iria-web")
    assert f"{units}/iria-web.service" in outcome.stdout[:restart]


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    outcome = subprocess.run(["shellcheck", SCRIPT], capture_output=True, text=True)
    assert outcome.stdout == ""

"""Runs nginx in front of the site, with the server block of `iria/deployment/nginx.conf`.

Only ports, the certificate, the folder of images and the user are replaced.
"""

import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest

from tests.shared import PROJECT

NAME = "www.example.org"
_CERTIFICATE = f"/etc/letsencrypt/live/{NAME}"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Front:
    port: int
    site: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Requests the path unchanged, without following redirects."""
        trusting = ssl._create_unverified_context()
        http = HTTPSConnection("127.0.0.1", self.port, timeout=20, context=trusting)
        return self._answer(http, path, method, headers)

    def ask_behind(self, path: str) -> Answer:
        """Requests the site like nginx."""
        http = HTTPConnection("127.0.0.1", self.site, timeout=20)
        return self._answer(http, path, "GET", {"X_Forwarded_Proto": "https"})

    def _answer(
        self, http: HTTPConnection, path: str, method: str, headers: dict[str, str]
    ) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        http.request(method, path, headers={"Host": NAME} | given)
        response = http.getresponse()
        body = response.read()
        http.close()
        return Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, body
        )


def shipped_server() -> str:
    """The HTTPS server block of the shipped configuration."""
    http, https = re.findall(
        r"^server \{.*?^\}$",
        (PROJECT / "iria" / "deployment" / "nginx.conf").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert "listen 80;" in http
    return str(https)


@contextmanager
def nginx(folder: Path, *, site: int, renditions: Path) -> Iterator[Front]:
    """Runs nginx in front of the site on this port for the duration of the block.

    Args:
        folder: for the files of nginx.
        renditions: the folder of files that it may serve.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or shutil.which("openssl") is None:
        pytest.skip("nginx and openssl are not both on this machine (Debian: nginx, openssl)")
    folder.mkdir()
    port = _free_port()
    (folder / "nginx.conf").write_text(_configuration(folder, port, site, renditions))
    _certify(folder)
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            _wait_for(port, process)
            yield Front(port, site)
        finally:
            process.terminate()


def _configuration(folder: Path, port: int, site: int, renditions: Path) -> str:
    server = shipped_server()
    for theirs, ours in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen [::]:443 ssl;", ""),
        (f"{_CERTIFICATE}/fullchain.pem", str(folder / "certificate.pem")),
        (f"{_CERTIFICATE}/privkey.pem", str(folder / "key.pem")),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{site}"),
        ("/srv/iria/media/renditions/", f"{renditions}/"),
        ("/srv/iria/media/files/", f"{renditions.parent / 'files'}/"),
    ):
        assert server.count(theirs) == 1, f"{theirs} stands in the server of the page, once"
        server = server.replace(theirs, ours)
    account = pwd.getpwuid(os.geteuid()).pw_name
    temp_paths = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        "daemon off;\n"
        + (f"user {account};\n" if os.geteuid() == 0 else "")
        + f"pid {folder / 'pid'};\nevents {{}}\n"
        + f"http {{\naccess_log off;\n{temp_paths}{server}}}\n"
    )


def _certify(folder: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    paths = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    named = ["-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    subprocess.run([*made, *paths, *named], check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    value = process.stderr.read().decode() if process.stderr else ""
    message = f"nginx did not begin to answer: {value[-500:]}"
    raise RuntimeError(message)

"""Runs nginx or Caddy in front of the site, with the files in `iria/deployment` as they are shipped.

Only ports, the certificate, the folders and the user are replaced. nginx listens without TLS too, for wrk.
"""

import os
import pwd
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

from tests.newsletter.mailserver import free_port
from tests.proofs.size import PATIENCE
from tests.shared import PROJECT

NAME = "www.example.org"
NGINX, CADDY, CONTAINER = (
    PROJECT / "iria" / "deployment" / name
    for name in ("nginx.conf", "Caddyfile", "containers/nginx.conf")
)
MODULES = Path("/usr/lib/nginx/modules")
_CERTIFICATE = f"/etc/letsencrypt/live/{NAME}"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Front:
    port: int
    """0 if it listens without TLS only, behind a proxy."""
    site: int
    plain: int
    """The port without TLS."""
    process: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Requests the path unchanged, without following redirects."""
        trusting = ssl._create_unverified_context()
        http: HTTPConnection
        if self.port:
            http = HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=trusting)
        else:
            http = HTTPConnection("127.0.0.1", self.plain, timeout=PATIENCE)
            headers = {"X_Forwarded_Proto": "https"} | headers
        return self._answer(http, path, method, headers)

    def ask_behind(self, path: str) -> Answer:
        """Requests the site like nginx."""
        http = HTTPConnection("127.0.0.1", self.site, timeout=PATIENCE)
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


@contextmanager
def nginx(
    folder: Path,
    *,
    sites: list[int],
    media: Path = Path("/nowhere"),
    pages: Path = Path("/nowhere"),
    state: Path = Path("/nowhere"),
    extra: str = "",
) -> Iterator[Front]:
    """Runs nginx in front of the site on these ports for the duration of the block.

    Args:
        folder: for the files of nginx.
        media: the folder of images and files that it may serve.
        pages: PAGE_DIRECTORY.
        state: IRIA_STATE, with the static files.
        extra: lines for the server block.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or shutil.which("openssl") is None:
        pytest.skip("nginx and openssl are not both on this machine (Debian: nginx, openssl)")
    if not (MODULES / "ngx_http_brotli_static_module.so").exists():
        pytest.skip("nginx lacks the module of libnginx-mod-http-brotli-static (Debian)")
    folder.mkdir()
    (folder / "modules").symlink_to(MODULES)
    port, plain = free_port(), free_port()
    server = shipped(
        NGINX,
        {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen [::]:80;": "",
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl; listen 127.0.0.1:{plain};{extra}",
            "listen [::]:443 ssl;": "",
            f"{_CERTIFICATE}/fullchain.pem": str(folder / "certificate.pem"),
            f"{_CERTIFICATE}/privkey.pem": str(folder / "key.pem"),
            "http://127.0.0.1:8000": "http://site",
            "/srv/iria/media/renditions/": f"{media / 'renditions'}/",
            "/srv/iria/media/files/": f"{media / 'files'}/",
            "/run/iria/pages": str(pages),
            "/srv/iria/state": str(state),
        },
    )
    (folder / "nginx.conf").write_text(_configuration(folder, sites, server))
    _certify(folder)
    with _running(program, folder, port) as process:
        yield Front(port, sites[0], plain, process)


@contextmanager
def container_nginx(
    folder: Path,
    *,
    site: int,
    pages: Path = Path("/nowhere"),
    host: str = "127.0.0.1",
    resolver: str = "",
) -> Iterator[Front]:
    """Like `nginx`, with the file of compose.yaml, without TLS.

    Args:
        host: of the site.
        resolver: what the command of the image writes about the name server.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not on this machine (Debian: nginx)")
    folder.mkdir()
    port = free_port()
    configuration = shipped(
        CONTAINER,
        {
            "listen 8080;": f"listen 127.0.0.1:{port};",
            "default web:8000;": f"default {host}:{site};",
            "/tmp/": f"{folder}/",
            "/srv/iria/pages": str(pages),
        },
    )
    (folder / "nginx.conf").write_text(f"daemon off;\n{_user()}{configuration}")
    (folder / "resolver.conf").write_text(resolver)
    with _running(program, folder, port) as process:
        yield Front(0, site, port, process)


@contextmanager
def _running(program: str, folder: Path, port: int) -> Iterator[int]:
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    log = folder / "log"
    # Not a pipe, which would hold up nginx when it is full.
    with log.open("wb") as output, subprocess.Popen(command, stderr=output) as process:
        try:
            _wait_for(port, process, log)
            yield process.pid
        finally:
            process.terminate()


@contextmanager
def caddy(folder: Path, *, site: int, pages: Path, state: Path) -> Iterator[Front]:
    """Like `nginx`; Caddy signs the certificate itself."""
    program = shutil.which("caddy") or pytest.skip("caddy is not on this machine (Debian: caddy)")
    folder.mkdir()
    port = free_port()
    options = (
        "admin off\nskip_install_trust\nauto_https disable_redirects\nlog {\noutput discard\n}"
    )
    configuration = shipped(
        CADDY,
        {
            f"{NAME} {{": f"https://{NAME}:{port} {{\nbind 127.0.0.1\ntls internal",
            "127.0.0.1:8000": f"127.0.0.1:{site}",
            "/run/iria/pages": str(pages),
            "/srv/iria/state": str(state),
        },
    )
    file = folder / "Caddyfile"
    file.write_text(
        f"{{\n{options}\ndefault_sni {NAME}\nstorage file_system {folder}\n}}\n{configuration}"
    )
    command = [program, "run", "--config", str(file), "--adapter", "caddyfile"]
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stderr=output, env=environment) as process,
    ):
        try:
            _wait_for(port, process, log)
            _wait_for_certificate(port)
            yield Front(port, site, 0, process.pid)
        finally:
            process.terminate()


def _wait_for_certificate(port: int) -> None:
    """Caddy listens before it has signed one."""
    trusting, deadline = ssl._create_unverified_context(), time.monotonic() + PATIENCE
    while True:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
            try:
                return trusting.wrap_socket(plain, server_hostname=NAME).close()
            except OSError:
                assert time.monotonic() < deadline
        time.sleep(0.05)


def shipped(file: Path, replacements: dict[str, str]) -> str:
    """The configuration with these texts replaced."""
    text = file.read_text()
    for theirs, ours in replacements.items():
        assert theirs in text, f"{theirs} is in {file.name}"
        text = text.replace(theirs, ours)
    return text


def _user() -> str:
    """nginx keeps the user of the test, who may read its folder."""
    return f"user {pwd.getpwuid(os.geteuid()).pw_name};\n" if os.geteuid() == 0 else ""


def _configuration(folder: Path, sites: list[int], server: str) -> str:
    upstream = "".join(f"server 127.0.0.1:{site} max_fails=0;\n" for site in sites)
    temp_paths = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        "daemon off;\ninclude /etc/nginx/modules-enabled/*.conf;\n"
        + _user()
        + f"pid {folder / 'pid'};\nevents {{}}\n"
        + "http {\ninclude /etc/nginx/mime.types;\naccess_log off;\ntcp_nopush on;\nsendfile on;\n"
        + f"upstream site {{\n{upstream}}}\n{temp_paths}{server}}}\n"
    )


def _certify(folder: Path) -> None:
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    paths = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    options = ["-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    subprocess.run([*request, *paths, *options], check=True, capture_output=True)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    raise RuntimeError(f"The web server did not begin to answer: {log.read_text()[-500:]}")

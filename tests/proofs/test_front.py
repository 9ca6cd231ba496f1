"""What nginx and Caddy decide with the site: images that they may serve, uploads that they may accept."""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.contrib.admin import AdminSite
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.files.models import File
from articles.images import renditions
from articles.images.library import ingest
from articles.images.models import Image, Rendition
from articles.images.views import FILE_HEADERS
from iria.transfer.models import ImportRun
from tests.articles.files import samples
from tests.iria.operations.doctor.stand_ins import dns_server
from tests.newsletter.mailserver import free_port
from tests.newsroom import picture_file
from tests.proofs.nginx import NAME, NGINX, Front, caddy, container_nginx, nginx
from tests.proofs.size import PATIENCE

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


SERVER_HEADERS = {"date", "server", "connection", "content-length", "x-accel-redirect"}
"""Headers of the web server and for nginx; all others are for readers."""


@pytest.fixture
def front(live_server: LiveServer, settings: Any, tmp_path: Path) -> Iterator[Front]:
    settings.ALLOWED_HOSTS = [NAME]
    settings.IMAGE_ACCEL_LOCATION = "/kept-pictures/"
    port = urlsplit(live_server.url).port
    assert port is not None
    with nginx(tmp_path / "nginx", sites=[port], media=settings.MEDIA_ROOT) as answering:
        yield answering


def create_rendition() -> Rendition:
    image = ingest.ingest(picture_file(width=400, height=300), by=None, credit="Ines Faro")
    renditions.make(image)
    return image.renditions.filter(format="avif").first() or pytest.fail("no AVIF was made")


def test_nginx_serves_only_files_that_the_site_allows(front: Front) -> None:
    rendition = create_rendition()
    url = rendition.get_absolute_url()
    with rendition.file.open("rb") as file:
        content = file.read()

    shown = front.ask(url)
    assert (shown.status, shown.body) == (200, content)
    assert shown.headers["server"].startswith("nginx")
    assert shown.headers["content-type"] == "image/avif"
    assert "x-accel-redirect" not in shown.headers

    # Cached permanently by browsers, and for a minute by shared caches.
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert shown.headers["cdn-cache-control"] == "public, max-age=60"
    assert "set-cookie" not in shown.headers
    direct = front.ask_behind(url).headers
    assert direct["x-accel-redirect"].endswith(str(rendition.file.name))
    assert {name.lower() for name in FILE_HEADERS} < set(direct)
    for name in set(direct) - SERVER_HEADERS:
        assert shown.headers.get(name) == direct[name], name
    assert front.ask(url, If_None_Match=shown.headers["etag"]).status == 304
    assert front.ask(url, "HEAD").headers["content-length"] == str(len(content))
    part = front.ask(url, Range="bytes=0-9")
    assert (part.status, part.body) == (206, content[:10])

    # Files cannot be requested directly, in any spelling, nor files in other folders.
    kept = str(rendition.file.name).removeprefix("renditions/")
    original = rendition.image.original.name
    for path in (
        f"/kept-pictures/renditions/{kept}",
        f"/kept-pictures/renditions/{kept}?x=1",
        f"/kept%2Dpictures/renditions/{kept}",
        f"//kept-pictures//renditions/{kept}",
        f"/pictures/../kept-pictures/renditions/{kept}",
        f"/kept-pictures/renditions/../{original}",
        f"/kept-pictures/{original}",
        "/kept-pictures/renditions/",
    ):
        rejected = front.ask(path)
        assert rejected.status in {400, 404}, path
        assert content[:64] not in rejected.body
    # A request header cannot select another file.
    other = front.ask(url, X_Accel_Redirect=f"/kept-pictures/{original}")
    assert other.body == content

    Image.objects.update(withdrawn_at=timezone.now())
    gone = front.ask(url, If_None_Match=shown.headers["etag"])
    assert (gone.status, gone.headers["cache-control"]) == (410, "public, max-age=60")
    assert content[:64] not in gone.body
    Image.objects.update(withdrawn_at=None, licence_until=timezone.now())
    assert front.ask(url).status == 410
    Image.objects.update(licence_until=timezone.now() + timedelta(seconds=30))
    renewed = front.ask(url)
    assert renewed.status == 200
    assert int(renewed.headers["cache-control"].removeprefix("public, max-age=")) <= 30


def test_nginx_serves_files_and_parts_of_them(front: Front) -> None:
    content = samples.mp3(200)
    file = samples.file(content, title="Interview")
    shown = front.ask(file.get_absolute_url())
    assert (shown.status, shown.body) == (200, content)
    assert shown.headers["content-type"] == "audio/mpeg"
    assert shown.headers["content-disposition"] == 'attachment; filename="interview.mp3"'
    direct = front.ask_behind(file.get_absolute_url()).headers
    for name in set(direct) - SERVER_HEADERS:
        assert shown.headers.get(name) == direct[name], name
    part = front.ask(file.get_absolute_url(), Range="bytes=10-19")
    assert (part.status, part.body) == (206, content[10:20])
    for path in (f"/kept-pictures/{file.stored.name}", "/kept-pictures/files/", "/kept-pictures/"):
        assert front.ask(path).status == 404
    File.objects.update(credit="")
    assert front.ask(file.get_absolute_url()).status == 410


MEGABYTE: Final = 1_000_000
Server = Callable[[Path, int], AbstractContextManager[Front]]
SERVERS: Final[dict[str, Server]] = {
    "nginx": lambda folder, site: nginx(folder, sites=[site]),
    "Caddy": lambda folder, site: caddy(folder, site=site, pages=folder, state=folder),
    "nginx of the containers": lambda folder, site: container_nginx(folder, site=site),
}


@pytest.fixture(params=SERVERS)
def guard(
    request: pytest.FixtureRequest, live_server: LiveServer, settings: Any, tmp_path: Path
) -> Iterator[Front]:
    settings.ALLOWED_HOSTS = [NAME]
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    port = urlsplit(live_server.url).port
    assert port is not None
    with SERVERS[request.param](tmp_path / "server", port) as front:
        yield front


@contextmanager
def connected(front: Front) -> Iterator[socket.socket]:
    with socket.create_connection(
        ("127.0.0.1", front.plain or front.port), timeout=PATIENCE
    ) as plain:
        if front.plain:
            yield plain
        else:
            trusting = ssl._create_unverified_context()
            with trusting.wrap_socket(plain, server_hostname=NAME) as secure:
                yield secure


def send(
    front: Front, folder: Path, parts: Iterator[bytes], **headers: str
) -> tuple[int, str, int]:
    """Sends an upload, to the end if the server lets it.

    Returns:
        Status, URL of the redirect, and the most bytes that the web server and the site stored of it.
    """
    lines = {"Host": NAME, "X-Forwarded-Proto": "https", "Connection": "close"}
    lines |= {"Origin": f"https://{NAME}"} | {n.replace("_", "-"): v for n, v in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    most, before = 0, stored_by(front, folder)
    with connected(front) as connection:
        connection.sendall(f"POST {reverse(UPLOAD)} HTTP/1.1\r\n{head}\r\n".encode())
        with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
            for part in parts:
                connection.sendall(part)
                most = max(most, stored_by(front, folder) - before)
        received = ""
        # A server that has answered may reset the connection.
        with suppress(ConnectionResetError, ssl.SSLError):
            while some := connection.recv(65536):
                received += some.decode(errors="replace")
    most = max(most, stored_by(front, folder) - before)
    location = re.search(r"(?im)^location: (\S+)", received)
    return int(received.split()[1]), location[1] if location else "", most


def stored_by(front: Front, folder: Path) -> int:
    """Bytes in files of the folder, and in those that nginx deletes while they are open."""
    children = Path(f"/proc/{front.process}/task/{front.process}/children").read_text().split()
    opened = [fd for pid in (front.process, *children) for fd in Path(f"/proc/{pid}/fd").iterdir()]
    total = 0
    for each in (*folder.rglob("*"), *opened):
        with suppress(FileNotFoundError):  # closed meanwhile
            if each.is_symlink() and not str(each.readlink()).endswith(" (deleted)"):
                continue
            total += each.stat().st_size if each.is_file() else 0
    return total


def pieces(megabytes: int, *, chunked: bool = False) -> Iterator[bytes]:
    for _ in range(megabytes):
        piece = b"x" * MEGABYTE
        yield b"%x\r\n%s\r\n" % (MEGABYTE, piece) if chunked else piece
    if chunked:
        yield b"0\r\n\r\n"


UPLOAD: Final = "admin:transfer_importrun_upload"
ADD: Final = "admin:transfer_importrun_add"
ANONYMOUS: Final = 200
"""Megabytes of an upload by anybody."""
ALLOWED: Final = 70
"""Megabytes of an upload; more than other forms may have."""


def test_an_upload_by_others_is_refused_before_a_byte_is_stored(
    guard: Front, tmp_path: Path, edna: User, client: Client
) -> None:
    form = "multipart/form-data; boundary=b"
    length = str(ANONYMOUS * MEGABYTE)
    refused = (303, reverse(ADD))
    client.force_login(edna)
    for cookie in ("csrftoken=x", "sessionid=guessed", f"sessionid={session(client)}"):
        *answer, stored = send(
            guard,
            tmp_path,
            pieces(ANONYMOUS),
            Content_Length=length,
            Content_Type=form,
            Cookie=cookie,
        )
        assert (tuple(answer), stored < MEGABYTE // 10) == (refused, True), (cookie, stored)
    parts = pieces(ANONYMOUS, chunked=True)
    *answer, stored = send(guard, tmp_path, parts, Transfer_Encoding="chunked", Content_Type=form)
    assert (tuple(answer), stored < MEGABYTE // 10) == (refused, True), stored


def test_an_upload_is_answered_by_the_site_while_its_database_is_away(
    guard: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(site: AdminSite, request: HttpRequest) -> bool:
        raise OperationalError

    monkeypatch.setattr(AdminSite, "has_permission", away)
    status, location, _ = send(
        guard, tmp_path, pieces(1), Content_Length=str(MEGABYTE), Content_Type="text/plain"
    )
    # Caddy sends the site's answer, nginx leads to the form, which has the same.
    assert (status, location) in {(503, ""), (303, reverse(ADD))}


def test_an_upload_by_an_administrator_is_accepted(
    guard: Front, tmp_path: Path, chief: User, client: Client
) -> None:
    client.force_login(chief)
    client.get(reverse(ADD), secure=True, headers={"host": NAME})
    token = client.cookies["csrftoken"].value
    fields = {"system": "wordpress", "csrfmiddlewaretoken": token}
    start = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    start += '--b\r\nContent-Disposition: form-data; name="file"; filename="e.xml"\r\n\r\n'
    end = b"\r\n--b--\r\n"

    def body() -> Iterator[bytes]:
        yield start.encode()
        yield from pieces(ALLOWED)
        yield end

    status, location, stored = send(
        guard,
        tmp_path,
        body(),
        Content_Length=str(len(start) + ALLOWED * MEGABYTE + len(end)),
        Content_Type="multipart/form-data; boundary=b",
        Cookie=f"sessionid={session(client)}; csrftoken={token}",
    )
    assert status == 302, location
    assert location == reverse("admin:transfer_importrun_change", args=[ImportRun.objects.get().pk])
    assert stored > ALLOWED * MEGABYTE // 2, "nothing was seen in the folders"


def session(client: Client) -> str:
    return str(client.cookies["sessionid"].value)


@contextmanager
def named_site(host: str, port: int) -> Iterator[None]:
    """A site that answers with its address, the id of the request and the address of the reader."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            about = (host, self.headers["X-Request-ID"], self.headers["X-Forwarded-For"])
            self.wfile.write(" ".join(map(str, about)).encode())

    with ThreadingHTTPServer((host, port), Answer) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        yield
        site.shutdown()


def test_nginx_of_the_containers_finds_a_site_that_was_replaced(tmp_path: Path) -> None:
    port, before, after = free_port(), "127.0.0.2", "127.0.0.3"
    zone = {("web", "A"): before}
    with named_site(before, port), named_site(after, port), dns_server(zone) as names:
        resolver = f"resolver 127.0.0.1:{names.port} valid=1s ipv6=off;"
        with container_nginx(tmp_path / "nginx", site=port, host="web", resolver=resolver) as front:
            assert front.ask("/").body.startswith(before.encode())
            zone["web", "A"] = after
            deadline = time.monotonic() + PATIENCE
            while not front.ask("/").body.startswith(after.encode()):
                assert time.monotonic() < deadline
                time.sleep(0.1)


@pytest.mark.parametrize("server", SERVERS)
def test_a_reader_does_not_choose_the_id_in_the_log(server: str, tmp_path: Path) -> None:
    port = free_port()
    with named_site("127.0.0.1", port), SERVERS[server](tmp_path / "front", port) as front:
        answers = {front.ask("/", X_Request_ID="chosen-by-a-reader").body for _ in range(2)}
    assert len(answers) == 2
    assert not any(b"reader" in each or b"None" in each for each in answers)


def test_nginx_behind_a_load_balancer_tells_the_address_of_the_reader(tmp_path: Path) -> None:
    lines = re.findall(r"(?m)^ *#((?:set_real_ip|real_ip)_?\w* .*;)$", NGINX.read_text())
    assert len(lines) == 3
    port, reader, forged = free_port(), "203.0.113.9", "198.51.100.1"
    for extra, told in (("", "127.0.0.1"), ("".join(lines), reader)):
        with (
            named_site("127.0.0.1", port),
            nginx(
                tmp_path / f"nginx{bool(extra)}",
                sites=[port],
                extra=extra.replace("10.0.0.0", "127.0.0.0"),
            ) as front,
        ):
            answer = front.ask("/", X_Forwarded_For=f"{forged}, {reader}").body.decode()
            assert answer.split()[2:] == [told]

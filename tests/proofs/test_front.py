"""Images through nginx, which serves only files that the site allows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from articles.files.models import File
from articles.images.library import ingest
from articles.images.models import Image, Rendition
from articles.images.renditions import renditions
from articles.images.renditions.views import FILE_HEADERS
from tests.articles.files import samples
from tests.newsroom import picture_file
from tests.proofs.nginx import NAME, Front, nginx

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

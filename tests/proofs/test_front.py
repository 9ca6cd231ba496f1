"""Pictures through a real nginx, which hands out what the site has allowed and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from articles.images.library import ingest
from articles.images.models import Image, Rendition
from articles.images.renditions import renditions
from articles.images.renditions.views import FILE_HEADERS
from tests.newsroom import picture_file
from tests.proofs.nginx import NAME, Front, nginx

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


ITS_OWN = {"date", "server", "connection", "content-length", "x-accel-redirect"}
"""What the web server says of itself and to nginx; everything else is meant for readers."""


@pytest.fixture
def front(live_server: LiveServer, settings: Any, tmp_path: Path) -> Iterator[Front]:
    settings.ALLOWED_HOSTS = [NAME]
    settings.IMAGE_ACCEL_LOCATION = "/kept-pictures/"
    port = urlsplit(live_server.url).port
    assert port is not None
    kept = settings.MEDIA_ROOT / "renditions"
    with nginx(tmp_path / "nginx", site=port, renditions=kept) as answering:
        yield answering


def one_picture() -> Rendition:
    image = ingest.ingest(picture_file(width=400, height=300), by=None, credit="Ines Faro")
    renditions.make(image)
    return image.renditions.filter(format="avif").first() or pytest.fail("no AVIF was made")


def test_nginx_hands_out_what_the_site_allows_and_nothing_else(front: Front) -> None:
    one = one_picture()
    address = one.get_absolute_url()
    with one.file.open("rb") as file:
        content = file.read()

    shown = front.ask(address)
    assert (shown.status, shown.body) == (200, content)
    assert shown.headers["server"].startswith("nginx")
    assert shown.headers["content-type"] == "image/avif"
    assert "x-accel-redirect" not in shown.headers

    # A browser keeps it for ever, a shared cache for a minute; nobody makes a page of it.
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert shown.headers["cdn-cache-control"] == "public, max-age=60"
    assert "set-cookie" not in shown.headers
    told = front.ask_behind(address).headers
    assert told["x-accel-redirect"].endswith(str(one.file.name))
    assert {name.lower() for name in FILE_HEADERS} < set(told)
    for name in set(told) - ITS_OWN:
        assert shown.headers.get(name) == told[name], name
    assert front.ask(address, If_None_Match=shown.headers["etag"]).status == 304
    assert front.ask(address, "HEAD").headers["content-length"] == str(len(content))
    part = front.ask(address, Range="bytes=0-9")
    assert (part.status, part.body) == (206, content[:10])

    # What lies behind cannot be asked for directly, by whatever spelling; nor what lies beside it.
    kept = str(one.file.name).removeprefix("renditions/")
    original = one.image.original.name
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
        refused = front.ask(path)
        assert refused.status in {400, 404}, path
        assert content[:64] not in refused.body
    # Nor does it help to ask the site for another file than its own.
    asked = front.ask(address, X_Accel_Redirect=f"/kept-pictures/{original}")
    assert asked.body == content

    Image.objects.update(withdrawn_at=timezone.now())
    gone = front.ask(address, If_None_Match=shown.headers["etag"])
    assert (gone.status, gone.headers["cache-control"]) == (410, "public, max-age=60")
    assert content[:64] not in gone.body
    Image.objects.update(withdrawn_at=None, licence_until=timezone.now())
    assert front.ask(address).status == 410
    Image.objects.update(licence_until=timezone.now() + timedelta(seconds=30))
    again = front.ask(address)
    assert again.status == 200
    assert int(again.headers["cache-control"].removeprefix("public, max-age=")) <= 30

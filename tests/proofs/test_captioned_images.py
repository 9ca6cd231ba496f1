"""Two dozen real images go through the library and keep their captions."""

import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from articles.editorial.models import Figure
from articles.editorial.versions import revisions
from articles.images.models import Image
from tests.newsroom import draft
from tests.shared import shared_data

pytestmark = pytest.mark.proof

LIBRARY = "/admin/articles/image/"


def test_every_caption_stays_with_its_image_from_the_upload_to_the_article(
    client: Client, edna: User
) -> None:
    folder = shared_data("articles", "18f", "images")
    captions = {
        each["file"]: each["caption"] for each in json.loads((folder / "captions.json").read_text())
    }
    assert len(captions) == 24
    contents = {name: (folder / name).read_bytes() for name in captions}
    client.force_login(edna)
    uploads = [SimpleUploadedFile(name, content) for name, content in contents.items()]
    client.post(f"{LIBRARY}add/", {"pictures": uploads})
    assert Image.objects.count() == 24

    numbers = {}
    for name, content in contents.items():
        image = Image.objects.get(checksum=hashlib.sha256(content).hexdigest())
        numbers[name] = image.pk
        form = {"headline": name[:200], "caption": captions[name], "credit": f"Of {name}"}
        assert client.post(f"{LIBRARY}{image.pk}/change/", form).status_code == 302

    body = "".join(
        f'<figure data-image="{numbers[name]}"><figcaption>{caption}</figcaption></figure>'
        for name, caption in captions.items()
    )
    article = draft(body=f"<p>All of them.</p>{body}", by=edna)
    revisions.save(article, by=edna)

    for name, content in contents.items():
        image = Image.objects.get(pk=numbers[name])
        assert image.caption == captions[name]
        assert image.credit == f"Of {name}"
        assert image.original.open("rb").read() == content
        assert image.renditions.count() == 1
        figure = Figure.objects.get(article=article, image=image)
        assert figure.caption.replace("&amp;", "&") == captions[name]

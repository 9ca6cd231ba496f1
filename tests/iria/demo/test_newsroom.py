"""The content of the demo newsroom."""

import json
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from lxml import html as lxml_html

from articles.editorial.models import Article, Category, Figure, Portrait
from articles.images.models import Image
from articles.links.targets import urls_for
from articles.pages.models import Page
from articles.popular.models import ArticleViews
from iria.demo.loading import NEWSROOM
from iria.transfer.site.tables import tables
from tests.iria.demo.newsroom import story

pytestmark = pytest.mark.django_db

MEDIA: Final = NEWSROOM / "media"

MAX_BYTES: Final = 4_000_000
"""Of all images together, since every clone contains them."""


def test_it_has_the_content_that_external_checks_expect() -> None:
    asia = Category.objects.get(path="asia-pacific")
    assert asia.children.count() >= 4
    assert Article.objects.published().in_category(Category.objects.get(slug="china")).exists()
    assert Article.objects.published().in_category(Category.objects.get(slug="security")).exists()
    lead = story("search-and-rescue-drill")
    names = [link.category.name for link in lead.article_categories.all()]
    assert names == ["Asia-Pacific", "News"]
    assert lead.comments.filter(state="approved").count() >= 5
    assert lead.related_picks.count() >= 2
    assert lead.lead_image is not None
    assert lead.lead_image.is_credited


def test_every_image_is_shown_before_the_worker_has_run(client: Client) -> None:
    for image in Image.objects.all():
        assert image.renditions.exists(), image
    shown = story("panama-lake").get_absolute_url()
    assert "<picture" in client.get(shown).content.decode()


def test_every_image_is_used_and_small() -> None:
    shown = set(Figure.objects.values_list("image_id", flat=True))
    shown |= set(Article.objects.values_list("lead_image_id", flat=True))
    shown |= set(Portrait.objects.values_list("image_id", flat=True))
    assert set(Image.objects.values_list("pk", flat=True)) == shown - {None}
    files = [each for each in MEDIA.rglob("*") if each.is_file()]
    assert {str(each.relative_to(MEDIA)) for each in files} == {
        image.original.name for image in Image.objects.all()
    }
    assert sum(each.stat().st_size for each in files) <= MAX_BYTES


def test_its_rows_are_exported_as_they_were_imported() -> None:
    """So `export_site` writes the files of the demo again, with what somebody has changed in the admin."""
    for table in tables():
        if table.kind.seeded:  # By `migrate`, at another time.
            continue
        with connection.cursor() as cursor:
            cursor.execute(table.select(personal_data=True))
            exported = [row for (row,) in cursor]
        lines = (NEWSROOM / f"data/{table.kind.name}.jsonl").read_text("utf-8").splitlines()
        if table.model is ArticleViews:  # Their days move.
            assert len(exported) == len(lines)
        else:
            assert exported == [json.loads(line) for line in lines], table.kind.name


def test_every_internal_link_works(client: Client) -> None:
    bodies = [
        *Article.objects.values_list("body", flat=True),
        *Page.objects.values_list("body", flat=True),
    ]
    links = {
        href
        for body in bodies
        for href in lxml_html.fragment_fromstring(body, create_parent="div").xpath("//a/@href")
    }
    references = {href for href in links if href.startswith("internal:")}
    urls = set(urls_for(*bodies).values())
    assert len(urls) == len({href.partition("#")[0] for href in references})
    internal = {href for href in links if href.startswith("/")} | urls
    assert len(internal) >= 12
    assert all(href.startswith(("/", "internal:", "mailto:")) for href in links)
    for href in internal:
        assert client.get(href).status_code == 200, href

"""The publication as a Ghost export: our own importer reads back what the format can hold."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.test import override_settings

from articles.body.plain_text import plain_text
from articles.editorial.models import Article, Category, Figure
from articles.images.library import ingest
from articles.images.models import Image
from articles.pages.models import Page
from tests import newsroom
from tests.clean_database import CleanDatabase

BODY: Final = (
    "<h2>One</h2><p>A &amp; <em>b</em> c.</p><ul><li>x</li></ul><blockquote><p>Said.</p></blockquote>"
    '<figure data-image="{0}" data-width="wide"><figcaption>In <em>port</em></figcaption></figure>'
    '<p><a href="internal:article/{1}">before</a></p>'
)


@pytest.fixture(scope="module")
def export(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """The folder, and what the database held; the database is empty again."""
    folder = tmp_path_factory.mktemp("ghost")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"):
        database = CleanDatabase()
        try:
            _newsroom()
            before = content()
            call_command("export_site", folder / "export", format="ghost", verbosity=0)
        finally:
            database.restore()
    return folder / "export", before


def _newsroom() -> None:
    images = []
    for colour, credit in (("red", "Ines Faro"), ("green", "Tom Birk")):
        image = ingest.ingest(newsroom.picture_file(colour=colour), by=None)
        image.credit, image.alt_text = credit, f"{colour} harbour"
        image.save()
        images.append(image)
    earlier = newsroom.published("Earlier", slug="earlier")
    newsroom.published(
        "Ferries <on> time & more",
        body=BODY.format(images[1].pk, earlier.pk),
        standfirst="What was said.",
        lead_image=images[0],
        lead_caption="Above <em>all</em>",
        authors=[newsroom.author("Ines Faro"), newsroom.author("Ada Lund")],
        categories=[newsroom.category("Asia")],
        tags=["Straits", "Ports"],
    )
    newsroom.draft("A draft", slug="a-draft")
    Page.objects.create(title="About", path="about", body="<p>Us.</p>", is_published=True)


def content() -> dict[str, Any]:
    """What both databases should have, without ids."""
    sections = set(Category.objects.values_list("name", flat=True))
    return {
        "articles": {
            each.headline: {
                "text": plain_text(each.body),
                "standfirst": each.standfirst,
                "lead": (each.lead_image and each.lead_image.checksum, each.lead_caption),
                "figures": [
                    (row.image.checksum, row.caption, row.alt, row.width)
                    for row in each.figures.filter(place=Figure.Place.INLINE).order_by("position")
                ],
                "state": each.state,
                "date": each.published_at and each.published_at.replace(microsecond=0),
                "authors": [byline.author.name for byline in each.bylines.all()],
                "categories": [row.category.slug for row in each.article_categories.all()],
                # The section is a tag too.
                "tags": sorted(set(each.tags.values_list("name", flat=True)) - sections),
            }
            for each in Article.objects.all()
        },
        "images": sorted(Image.objects.values_list("checksum", "credit")),
        "pages": sorted(Page.objects.values_list("path", "title", "body")),
    }


@pytest.mark.django_db
def test_our_own_importer_reads_back_what_the_format_holds(
    export: tuple[Path, dict[str, Any]],
) -> None:
    folder, before = export
    call_command("import_ghost", folder / "ghost.json", media=folder / "content", verbosity=0)
    after = content()
    for headline, article in before["articles"].items():
        for name, value in article.items():
            assert after["articles"][headline][name] == value, f"{headline}: {name}"
    assert after == before


def test_every_text_is_one_html_card_with_its_author(
    export: tuple[Path, dict[str, Any]],
) -> None:
    folder, before = export
    [db] = json.loads((folder / "ghost.json").read_text())["db"]
    tables = db["data"]
    assert len(tables["posts"]) == len(before["articles"]) + len(before["pages"])
    for post in tables["posts"]:
        [card] = json.loads(post["lexical"])["root"]["children"]
        assert card["type"] == "html"
    ids = {each["id"] for each in tables["posts"]}
    assert {each["post_id"] for each in tables["posts_authors"]} <= ids


def test_what_the_format_cannot_hold_is_in_the_report(
    export: tuple[Path, dict[str, Any]],
) -> None:
    report = json.loads((export[0] / "report.json").read_text())
    assert report["not_in_this_format"]["revisions"] >= 2
    assert report["missing_files"] == []

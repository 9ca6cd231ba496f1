"""The publication as a WordPress export: our own importer reads back what the format can hold."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.test import override_settings
from lxml import etree

from articles.body.sanitiser import clean
from articles.comments.models import Comment
from articles.editorial.models import Article, Category
from articles.images.library import ingest
from articles.images.models import Image
from articles.pages.models import Page
from tests import newsroom
from tests.clean_database import CleanDatabase

BODY: Final = (
    "<h2>One</h2><p>A &amp; <em>b</em> ]]&gt; c.</p><ul><li>x</li></ul><blockquote><p>Said.</p></blockquote>"
    '<aside data-pull-quote=""><p>Loud.</p></aside><aside data-callout=""><p>Boxed.</p></aside>'
    '<p>Text<span data-footnote="A note &amp; more"></span> goes on.</p>'
    '<figure data-image="{0}" data-width="wide"><figcaption>In <em>port</em></figcaption></figure>'
    '<figure data-gallery=""><figure data-image="{0}"></figure><figure data-image="{1}"></figure>'
    "<figcaption>Both</figcaption></figure>"
    '<figure data-embed="https://www.youtube.com/watch?v=CCmTY0PKGDs"></figure>'
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>'
    '<p><a href="internal:article/{2}">before</a></p>'
)


@pytest.fixture(scope="module")
def export(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """The folder, and what the database held; the database is empty again."""
    folder = tmp_path_factory.mktemp("wxr")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"):
        database = CleanDatabase()
        try:
            _newsroom()
            before = content()
            call_command("export_site", folder / "export", format="wxr", verbosity=0)
        finally:
            database.restore()
    return folder / "export", before


def _newsroom() -> None:
    images = []
    for colour, credit in (("red", "Ines Faro"), ("green", "Via Reuters")):
        image = ingest.ingest(newsroom.picture_file(colour=colour), by=None)
        image.credit, image.alt_text, image.caption = credit, f"{colour} harbour", "Of the file"
        image.save()
        images.append(image)
    asia = newsroom.category("Asia")
    earlier = newsroom.published("Earlier")
    article = newsroom.published(
        "Ferries <on> time & more",
        body=BODY.format(*(each.pk for each in images), earlier.pk),
        standfirst="What was said.",
        lead_image=images[0],
        lead_caption="Above <em>all</em>",
        authors=[newsroom.author("Ines Faro"), newsroom.author("Ada Lund")],
        categories=[newsroom.category("Japan", parent=asia), asia],
        tags=["Straits", "Ports"],
    )
    newsroom.draft("A draft")
    first = Comment.objects.create(
        article=article,
        name="Teo",
        email="t@readers.example",
        text="**So** <b>\n\nit is.",
        state="approved",
    )
    Comment.objects.create(article=article, parent=first, name="Ada", text="Yes.", state="approved")
    Comment.objects.create(article=article, name="Nobody", text="Hidden.", state="held")
    Page.objects.create(title="About", path="about", body="<p>Us.</p>", is_published=True)


def content() -> dict[str, Any]:
    """What both databases should have, without ids."""
    images = {str(each.pk): each.checksum for each in Image.objects.all()}
    slugs = {str(pk): slug for pk, slug in Article.objects.values_list("pk", "slug")}

    def normal(body: str) -> str:
        body = clean(body)
        body = re.sub(r'data-image="(\d+)"', lambda found: f"image {images[found[1]]}", body)
        body = re.sub(r"internal:article/(\d+)", lambda found: slugs[found[1]], body)
        # A use without an alt text of its own has that of the image.
        return re.sub(r' data-alt="(red|green) harbour"', "", body)

    return {
        "articles": {
            each.headline: {
                "texts": [each.headline, each.standfirst, normal(each.body), each.lead_caption],
                "state": [
                    each.state,
                    each.published_at and each.published_at.replace(microsecond=0),
                ],
                "lead": each.lead_image and each.lead_image.checksum,
                "authors": [byline.author.name for byline in each.bylines.all()],
                "categories": [row.category.path for row in each.article_categories.all()],
                "tags": sorted(each.tags.values_list("name", flat=True)),
                "comments": [
                    (row.name, row.text, row.state, row.parent and row.parent.name)
                    for row in each.comments.filter(state="approved").order_by("pk")
                ],
            }
            for each in Article.objects.all()
        },
        "images": sorted(Image.objects.values_list("checksum", "credit", "alt_text", "caption")),
        "categories": sorted(Category.objects.values_list("path", "name")),
        "pages": sorted(Page.objects.values_list("path", "title", "body")),
    }


@pytest.mark.django_db
def test_our_own_importer_reads_back_what_the_format_holds(
    export: tuple[Path, dict[str, Any]],
) -> None:
    folder, before = export
    call_command("import_wordpress", folder / "wordpress.xml", media=folder / "media", verbosity=0)
    after = content()
    for headline, article in before["articles"].items():
        for name, value in article.items():
            assert after["articles"][headline][name] == value, name
    assert after == before


def test_what_the_format_cannot_hold_is_in_the_report(
    export: tuple[Path, dict[str, Any]],
) -> None:
    folder, before = export
    report = json.loads((folder / "report.json").read_text())
    assert report["counts"]["posts"] == len(before["articles"])
    assert report["not_in_this_format"]["revisions"] >= 2
    assert report["missing_files"] == []


def test_nothing_personal_is_in_the_file_unless_asked(
    export: tuple[Path, dict[str, Any]],
) -> None:
    text = (export[0] / "wordpress.xml").read_text()
    assert "Teo" in text
    assert "t@readers.example" not in text
    assert "Hidden." not in text


def test_the_file_is_xml_with_the_names_of_wordpress(
    export: tuple[Path, dict[str, Any]],
) -> None:
    tree = etree.parse(export[0] / "wordpress.xml")
    wp = "{http://wordpress.org/export/1.2/}"
    assert tree.findtext(f"channel/{wp}wxr_version") == "1.2"
    numbers = [each.text for each in tree.iter(f"{wp}post_id")]
    assert len(numbers) == len(set(numbers))
    for body in tree.iter("{http://purl.org/rss/1.0/modules/content/}encoded"):
        text = body.text or ""
        assert text.count("<!-- wp:") == text.count("<!-- /wp:")

"""The publication for WordPress and for Ghost: our own importers read back what the formats can hold."""

import csv
import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from django.core.management import call_command
from lxml import etree

from articles.comments.models import Comment
from articles.editorial import translations
from articles.editorial.models import Article, Redirect
from articles.images.library import ingest
from articles.pages.models import OldPagePath, Page
from iria.transfer.site import other_systems
from newsletter.models import Subscriber
from tests import newsroom
from tests.iria.transfer.content import (
    Content,
    as_in_ghost,
    as_in_wordpress,
    content,
    differences,
    exported,
)

BODY: Final = (
    '<h2>One</h2><h3 id="votes">Two</h3>'
    "<p>A &amp; <em>b</em> <strong><em>bold</em></strong> ]]&gt; <s>c</s>, H<sub>2</sub>O<br>and <code>d</code>.</p>"
    '<p dir="rtl">שלום</p><p>In <span lang="de">Kiel</span>.</p>'
    "<ul><li>x<ol><li>y</li></ol></li><li>z</li></ul><blockquote><p>Said.</p></blockquote>"
    "<blockquote><p>Said</p><p>twice.</p></blockquote><hr><pre>a  &lt;\n b</pre>"
    '<aside data-pull-quote=""><p>Loud.</p></aside><aside data-callout=""><p>Boxed <em>in</em>.</p></aside>'
    '<p>Text<span data-footnote="A note &amp; more"></span> goes on.</p>'
    '<figure data-image="{0}" data-width="wide"><figcaption>In <em>port</em></figcaption></figure>'
    '<figure data-gallery=""><figure data-image="{0}"></figure><figure data-image="{1}"></figure>'
    "<figcaption>Both</figcaption></figure>"
    '<figure data-embed="https://www.youtube.com/watch?v=CCmTY0PKGDs"></figure>'
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>'
    '<p><a href="internal:article/{2}">before</a></p>'
)

Exported = tuple[Path, Content]


@pytest.fixture(scope="module")
def export(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Exported:
    """The folder, and what the database held; the database is empty again."""
    folder = tmp_path_factory.mktemp("export")

    def make() -> None:
        _newsroom()
        for month in (3, 4):
            at = datetime(2026, month, 2, tzinfo=UTC)
            newsroom.published(f"In month {month}", slug="note", at=at)
        call_command(
            "export_site", folder / "personal", format="ghost", personal_data=True, verbosity=0
        )
        Article.objects.filter(slug="note").delete()

    with django_db_blocker.unblock():
        return folder, exported(make, folder, "wxr", "ghost")


def _newsroom() -> None:
    images = []
    for colour, credit in (("red", "Ines Faro"), ("green", "Tom Birk")):
        image = ingest.ingest(newsroom.picture_file(colour=colour), by=None)
        image.credit, image.alt_text, image.caption = credit, f"{colour} harbour", "Of the file"
        image.save()
        images.append(image)
    asia = newsroom.category("Asia")
    earlier = newsroom.published("Earlier", slug="earlier")
    author = newsroom.author("Ines Faro")
    author.slug = "ines"
    author.save()
    article = newsroom.published(
        "Ferries <on> time & more",
        body=BODY.format(*(each.pk for each in images), earlier.pk),
        standfirst="What was said.",
        lead_image=images[0],
        lead_caption="Above <em>all</em>",
        authors=[author, newsroom.author("Ada Lund")],
        categories=[newsroom.category("Japan", parent=asia), asia],
        tags=["Straits", "Ports"],
    )
    newsroom.draft("A draft", slug="a-draft")
    translations.link(newsroom.published("Früher", slug="frueher", language="de"), earlier)
    first = Comment.objects.create(
        article=article,
        name="Teo",
        email="t@readers.example",
        text="**So** <b>\n\nit is.",
        state="approved",
    )
    Comment.objects.create(article=article, parent=first, name="Ada", text="Yes.", state="approved")
    page = Page.objects.create(
        title="About", path="about", body="<p>Us.</p>", description="We.", is_published=True
    )
    Redirect.objects.create(old_path="/2019/02/old+slug/", article=article)
    Redirect.objects.create(old_path="/tag/harbours/", tag=article.tags.get(name="Ports"))
    Redirect.objects.create(old_path="/category/east/", category=asia)
    OldPagePath.objects.create(path="us", page=page)
    for state in ("active", "left", "pending"):
        at = None if state == "pending" else datetime(2026, 1, 1, tzinfo=UTC)
        Subscriber.objects.create(
            email=f"{state}@readers.example",
            state=state,
            confirmed_at=at,
            unsubscribed_at=at if state == "left" else None,
        )


@pytest.mark.django_db
def test_categories_that_ghost_makes_one_are_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test has begun its transaction.
    monkeypatch.setattr(other_systems, "snapshot", nullcontext)
    for above in ("Asia", "Europe"):
        newsroom.category("Ports", parent=newsroom.category(above))
    call_command("export_site", tmp_path / "ghost", format="ghost", verbosity=0)
    lost = json.loads((tmp_path / "ghost/report.json").read_text())["lost"]
    assert len(lost["slug that another category has too"]) == 1


@pytest.mark.django_db
def test_our_own_importer_reads_back_what_wordpress_holds(export: Exported) -> None:
    folder, before = export
    call_command(
        "import_wordpress", folder / "wxr/wordpress.xml", media=folder / "wxr/media", verbosity=0
    )
    assert differences(as_in_wordpress(before), content()) == []


@pytest.mark.django_db
def test_our_own_importer_reads_back_what_ghost_holds(export: Exported) -> None:
    folder, before = export
    call_command(
        "import_ghost",
        folder / "ghost/ghost.json",
        media=folder / "ghost/content",
        redirects=folder / "ghost/redirects.yaml",
        routes=folder / "ghost/routes.yaml",
        verbosity=0,
    )
    assert differences(as_in_ghost(before), content()) == []


@pytest.mark.parametrize("format_", ["wxr", "ghost"])
def test_what_the_format_cannot_hold_is_in_the_report(export: Exported, format_: str) -> None:
    folder, before = export
    report = json.loads((folder / format_ / "report.json").read_text())
    assert report["counts"]["posts"] == len(before["articles"])
    assert report["not_in_this_format"]["revisions"] >= 2
    assert ("comments" in report["not_in_this_format"]) == (format_ == "ghost")
    assert report["missing_files"] == []


@pytest.mark.parametrize("format_", ["wxr", "ghost"])
def test_nothing_personal_is_in_the_files_unless_asked(export: Exported, format_: str) -> None:
    for file in (export[0] / format_).rglob("*.*ml"):
        assert "@readers.example" not in file.read_text()
    assert not (export[0] / format_ / "members.csv").exists()


def test_the_wordpress_file_is_xml_with_the_names_of_wordpress(export: Exported) -> None:
    tree = etree.parse(export[0] / "wxr/wordpress.xml")
    wp = "{http://wordpress.org/export/1.2/}"
    assert tree.findtext(f"channel/{wp}wxr_version") == "1.2"
    numbers = [each.text for each in tree.iter(f"{wp}post_id")]
    assert len(numbers) == len(set(numbers))
    for body in tree.iter("{http://purl.org/rss/1.0/modules/content/}encoded"):
        text = body.text or ""
        assert text.count("<!-- wp:") == text.count("<!-- /wp:")


def test_every_redirect_is_in_a_file_for_wordpress(export: Exported) -> None:
    folder, before = export
    with (folder / "wxr/redirects.csv").open() as file:
        rows = {row["source"]: row["target"] for row in csv.DictReader(file)}
    assert rows == {old: each["to"] for old, each in before["redirects"].items()}


def test_redirects_for_ghost_match_the_old_path_alone(export: Exported) -> None:
    rules = yaml.safe_load((export[0] / "ghost/redirects.yaml").read_text())[301]
    assert rules[r"^/2019/02/old%2Bslug/$"].endswith("/ferries-on-time-more/")
    assert rules["^/category/asia/japan/$"] == "/tag/japan/"


def test_texts_for_ghost_are_what_its_editor_can_change(export: Exported) -> None:
    folder, before = export
    [db] = json.loads((folder / "ghost/ghost.json").read_text())["db"]
    tables = db["data"]
    assert len(tables["posts"]) == len(before["articles"]) + len(before["pages"])
    [body] = [each["lexical"] for each in tables["posts"] if each["title"].startswith("Ferries")]
    kinds = [each["type"] for each in json.loads(body)["root"]["children"]]
    assert {"paragraph", "extended-heading", "list", "image", "gallery", "embed", "callout"} <= {
        *kinds
    }
    # What the editor has nothing for: an anchor, a language, two paragraphs in a quote, a table, footnotes.
    assert kinds.count("html") == 5
    ids = {each["id"] for each in tables["posts"]}
    assert {each["post_id"] for each in tables["posts_authors"]} <= ids


def test_subscribers_become_members_of_ghost_if_personal_data_is_asked_for(
    export: Exported,
) -> None:
    with (export[0] / "personal/members.csv").open() as file:
        rows = {row["email"]: row["subscribed_to_emails"] for row in csv.DictReader(file)}
    assert rows == {"active@readers.example": "true", "left@readers.example": "false"}


def test_articles_with_one_slug_get_different_ones_in_ghost(export: Exported) -> None:
    [db] = json.loads((export[0] / "personal/ghost.json").read_text())["db"]
    slugs = {each["slug"] for each in db["data"]["posts"] if each["title"].startswith("In month")}
    rules = yaml.safe_load((export[0] / "personal/redirects.yaml").read_text())[301]
    assert len(slugs) == 2
    assert {rules[f"^/2026/0{month}/note/$"].split("/")[-2] for month in (3, 4)} == slugs

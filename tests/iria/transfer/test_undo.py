"""Undoing an import deletes what it made, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import models
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial import publishing, taxonomy
from articles.editorial.models import Article, Category, Redirect
from articles.editorial.versions import revisions
from articles.images.library import ingest
from articles.images.models import Image
from articles.pages.models import OldPagePath, Page
from articles.public.front_page.models import Placement
from iria.publication.models import Publication
from iria.transfer.models import ImportedItem, ImportReportPage, ImportRun
from iria.transfer.records import Kind
from iria.transfer.undo import CHANGED, COMMENTED, PUBLISHED, STAYS, Undo
from tests.iria.transfer import wxr
from tests.newsroom import picture_file

pytestmark = pytest.mark.django_db

MADE: tuple[type[models.Model], ...] = (
    Article,
    Page,
    Comment,
    Image,
    AuthorProfile,
    Category,
    Tag,
    Redirect,
    OldPagePath,
    ImportedItem,
)
ARCHIVE = (
    wxr.author("ana", "Ana Prado"),
    wxr.category(3, "japan", "Japan", parent="asia"),
    wxr.category(2, "asia", "Asia"),
    wxr.attachment(21, "quay.jpg", parent=7),
    wxr.item(
        7,
        "One",
        '<img class="wp-image-21" src="https://old.example/wp-content/uploads/quay.jpg" />',
        terms=wxr.term("category", "japan", "Japan") + wxr.term("post_tag", "ports", "Ports"),
        comments=wxr.comment(11, "First") + wxr.comment(12, "A reply", 11),
        creator="ana",
    ),
    wxr.item(8, "Two", "Text.", creator="only-named", is_sticky="1"),
    wxr.item(9, "About", post_type="page", link="https://old.example/info/about/"),
)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., ImportRun]:
    def load(*parts: str) -> ImportRun:
        (tmp_path / "quay.jpg").write_bytes(picture_file(colour="red").read())
        call_command("import_wordpress", wxr.write(tmp_path, *parts), media=tmp_path, verbosity=0)
        return ImportRun.objects.order_by("-pk")[0]

    return load


Load = Callable[..., ImportRun]


def rows() -> dict[str, list[Any]]:
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        for model in MADE
    }


def reasons(run: ImportRun, kind: Kind) -> dict[str, str]:
    undo = Undo(run)
    undo.start()
    return {
        each["source_id"]: each["reason"]
        for each in undo.report.items(STAYS)
        if each["kind"] == kind
    }


def test_everything_that_an_import_made_is_deleted(load: Load) -> None:
    before = rows()
    run = load(*ARCHIVE)
    assert (run.state, run.done, run.total) == (ImportRun.State.DONE, 3, 3)
    assert Category.objects.count() == 2 + len(before["Category"])
    call_command("undo_import", run.pk, verbosity=0)
    assert rows() == before
    run.refresh_from_db()
    assert run.state == ImportRun.State.UNDONE
    assert not ImportReportPage.objects.filter(run=run, outcome=STAYS).exists()


def test_an_archive_can_be_imported_again_afterwards(load: Load) -> None:
    first = load(*ARCHIVE)
    counts = {table: len(values) for table, values in rows().items()}
    Undo(first).start()
    load(*ARCHIVE)
    assert {table: len(values) for table, values in rows().items()} == counts


def test_a_dry_run_deletes_nothing(load: Load) -> None:
    run = load(*ARCHIVE)
    before = rows()
    call_command("undo_import", run.pk, dry_run=True, verbosity=0)
    assert rows() == before
    assert ImportRun.objects.get().state == ImportRun.State.DONE


def test_what_existed_before_stays(load: Load, tmp_path: Path) -> None:
    author = AuthorProfile.objects.create(name="Ana Prado", slug="ana-prado")
    tag = Tag.objects.create(name="Ports", slug="ports")
    category = Category(name="Asia", slug="asia")
    taxonomy.save_category(category)
    image = ingest.ingest(picture_file(colour="red"), by=None, credit="Mira Field")
    before = rows()
    run = load(*ARCHIVE)
    assert Redirect.objects.filter(author=author).exists()
    Undo(run).start()
    for model, row in ((AuthorProfile, author), (Tag, tag), (Category, category), (Image, image)):
        assert model._default_manager.filter(pk=row.pk).exists()
    after = rows()
    after.pop("ImportedItem")
    before.pop("ImportedItem")
    assert after == before


def test_an_edited_article_stays_with_all_that_belongs_to_it(load: Load) -> None:
    run = load(*ARCHIVE)
    article = Article.objects.get(slug="one")
    article.standfirst = "By an editor."
    revisions.save(article, by=None)
    assert reasons(run, Kind.POSTS) == {"7": CHANGED}
    assert list(Article.objects.all()) == [article]
    assert article.comments.count() == 2
    assert Image.objects.count() == 1
    assert set(Tag.objects.values_list("name", flat=True)) == {"Ports"}
    assert {"Asia", "Japan"} <= set(Category.objects.values_list("name", flat=True))
    assert list(AuthorProfile.objects.values_list("name", flat=True)) == ["Ana Prado"]
    assert ImportedItem.objects.filter(kind="posts").count() == 1


def test_an_article_that_an_editor_unpublished_stays(load: Load, edna: User) -> None:
    run = load(*ARCHIVE)
    publishing.unpublish(Article.objects.get(slug="two"), by=edna)
    assert reasons(run, Kind.POSTS) == {"8": PUBLISHED}


def test_an_article_with_a_comment_of_a_reader_stays(load: Load) -> None:
    run = load(*ARCHIVE)
    Comment.objects.create(article=Article.objects.get(slug="two"), name="Rui", text="New")
    assert reasons(run, Kind.POSTS) == {"8": COMMENTED}


def test_an_article_that_an_editor_placed_stays(load: Load, edna: User) -> None:
    run = load(*ARCHIVE)
    Placement.objects.update(placed_by=edna)
    assert set(reasons(run, Kind.POSTS)) == {"8"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_an_editor_has_put_into_a_menu_stays(load: Load, language: str) -> None:
    run = load(*ARCHIVE)
    targets = {"page": Page.objects.get(), "category": Category.objects.get(slug="asia")}
    menu = [
        {"kind": kind, "key": str(row.pk), "label": "", "below": False}
        for kind, row in targets.items()
    ]
    publication = Publication(pk=1, languages="en,fr")
    if language == "en":
        publication.footer_menu = menu
    else:
        publication.translations = {"fr": {"header_menu": menu}}
    publication.save()
    Undo(run).start()
    assert Page.objects.get() == targets["page"]
    assert Category.objects.get(slug="asia") == targets["category"]
    assert not Article.objects.exists()


def test_a_later_import_is_undone_alone(load: Load) -> None:
    load(wxr.item(7, "One", "Text.", comments=wxr.comment(11, "First")))
    before = rows()
    thread = wxr.comment(11, "First") + wxr.comment(12, "A reply", 11) + wxr.comment(13, "More", 12)
    later = load(wxr.item(7, "One", "Text.", comments=thread), wxr.item(8, "Two", "Text."))
    Undo(later).start()
    assert rows() == before


def test_an_unknown_number_is_refused() -> None:
    with pytest.raises(CommandError, match="42"):
        call_command("undo_import", 42)


def test_imports_are_listed_in_the_time_zone_of_the_publication(load: Load) -> None:
    run = load(*ARCHIVE)
    ImportRun.objects.filter(pk=run.pk).update(created_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
    Publication.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Tokyo"})
    lines = StringIO()
    call_command("undo_import", stdout=lines)
    assert "2026-01-02 05:00" in lines.getvalue()

"""An import that is repeated or continued makes nothing twice, and keeps what editors decided meanwhile."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from taggit.models import Tag

from articles.editorial import taxonomy
from articles.editorial.models import Article, ArticleCategory, Category
from articles.editorial.translations import link, translations_of
from articles.editorial.versions import revisions
from iria.transfer.models import ImportedItem
from iria.transfer.wordpress.parser import Export
from iria.transfer.writer.run import Import
from tests.iria.transfer import wxr
from tests.iria.transfer.conftest import Run

pytestmark = pytest.mark.django_db


def test_importing_twice_changes_nothing(run: Run) -> None:
    parts = (
        *wxr.HEADER,
        wxr.item(7, terms=wxr.NEWS, comments=wxr.THREAD),
        wxr.item(8, "About", post_type="page"),
    )
    run(*parts)
    before = list(ImportedItem.objects.order_by("pk").values_list("pk", "written", "object_id"))
    second = run(*parts)
    for counts in second["counts"].values():
        assert counts["created"] == counts["updated"] == counts["failed"] == 0
    after = list(ImportedItem.objects.order_by("pk").values_list("pk", "written", "object_id"))
    assert after == before


def test_a_site_that_moved_to_https_is_the_same(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*wxr.HEADER, wxr.item(7))
    monkeypatch.setattr(wxr, "HEAD", wxr.HEAD.replace("https://old", "http://www.old"))
    assert run(*wxr.HEADER, wxr.item(7))["counts"]["posts"]["created"] == 0


def test_a_changed_post_is_updated_unless_an_editor_changed_it(run: Run) -> None:
    run(wxr.item(7, "One", "Old."), wxr.item(8, "Two", "Old."))
    edited = Article.objects.get(slug="two")
    edited.standfirst = "By an editor."
    revisions.save(edited, by=None)
    counts = run(wxr.item(7, "One", "New."), wxr.item(8, "Two", "New."))["counts"]["posts"]
    assert (counts["updated"], counts["skipped"]) == (1, 1)
    bodies = dict(Article.objects.values_list("slug", "body"))
    assert bodies == {"one": "<p>New.</p>", "two": "<p>Old.</p>"}


def test_a_tag_or_category_that_was_deleted_here_stays_deleted(run: Run) -> None:
    parts = (*wxr.HEADER, wxr.item(7, terms=wxr.NEWS), wxr.item(8, "Two", terms=wxr.NEWS))
    run(*parts)
    Tag.objects.all().delete()
    ArticleCategory.objects.all().delete()
    Category.objects.filter(slug="japan").delete()
    for more in ("", wxr.item(9, "Three", terms=wxr.NEWS)):
        run(*parts, more)
        assert not Tag.objects.exists()
        assert [each.slug for each in Category.objects.all()] == ["asia"]


def scheduled(status: str = "future", year: int = 2090) -> str:
    date = f"{year}-05-04 08:00:00"
    terms = wxr.term("category", "japan", "Japan")
    return wxr.item(7, body="Text.", terms=terms, status=status, post_date=date, post_date_gmt=date)


@pytest.mark.parametrize(
    ("changed", "remark"),
    [
        (scheduled("draft"), "still scheduled"),
        (scheduled("trash"), "still scheduled"),
        (scheduled(year=2091), "scheduled for another time"),
    ],
)
def test_a_text_that_stays_scheduled_against_the_source_is_reported(
    run: Run, changed: str, remark: str
) -> None:
    run(scheduled())
    report = run(changed)
    assert [each["remark"] for each in report["remarks"]] == [remark]
    at = Article.objects.get(state="scheduled").publish_at
    assert at is not None
    assert at.year == 2090


def test_a_tag_that_was_merged_here_stands_for_the_other_one(run: Run) -> None:
    parts = (wxr.tag("ports", "Ports"), wxr.tag("quays", "Quays"))
    terms = wxr.term("post_tag", "ports", "Ports")
    run(*parts, wxr.item(7, terms=terms))
    ports, quays = Tag.objects.get(slug="ports"), Tag.objects.get(slug="quays")
    taxonomy.merge_tags([ports], into=quays)
    report = run(*parts, wxr.item(7, terms=terms), wxr.item(8, "Two", terms=terms))
    assert {"/tag/quays/"} == {e["url"] for e in report["items"] if e["kind"] == "tags"}
    assert [each.name for each in Article.objects.get(headline="Two").tags.all()] == ["Quays"]


def test_an_import_that_was_interrupted_is_continued(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [
        wxr.item(
            n,
            f"Text {n}",
            f'<a href="/?p={8 - n}">other</a>',
            comments=wxr.THREAD if n == 1 else "",
        )
        for n in range(1, 8)
    ]
    file = wxr.write(tmp_path, *wxr.HEADER, *items)
    monkeypatch.setattr("iria.transfer.writer.run.BATCH", 2)

    def stop(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Import(Export(file, ZoneInfo("UTC")), progress=stop).run()
    assert Article.objects.count() == 4
    counts = run(*wxr.HEADER, *items)["counts"]
    # The import as a whole made all of it.
    assert counts["posts"]["created"] == 7
    assert all(each["created"] + each["skipped"] == each["found"] for each in counts.values())
    again = run(*wxr.HEADER, *items)["counts"]
    assert not any(each["created"] or each["updated"] for each in again.values())
    ids = dict(Article.objects.values_list("slug", "pk"))
    for n in range(1, 8):
        assert (
            f"internal:article/{ids[f'text-{8 - n}']}" in Article.objects.get(slug=f"text-{n}").body
        )


def test_a_translation_that_an_editor_unlinked_stays_alone(run: Run) -> None:
    parts = (
        wxr.item(7, "Two cranes", "Text.", terms=wxr.in_language("en")),
        wxr.item(8, "Deux grues", "Texte.", terms=wxr.in_language("fr")),
    )
    run(*parts)
    french = Article.objects.get(headline="Deux grues")
    link(french, None)
    revisions.save(french, by=None)
    run(*parts)
    assert not translations_of(Article.objects.get(headline="Deux grues"))

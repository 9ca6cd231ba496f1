"""A WordPress export becomes articles, pages, images and comments, once."""

from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.test import Client
from taggit.models import Tag

from articles.comments.models import Comment
from articles.editorial.models import Article, Category
from articles.editorial.translations import translations_of
from articles.images.models import Image
from articles.pages.models import Page
from articles.public.front_page.models import Placement
from articles.related import tasks as related_tasks
from articles.search import tasks as search_tasks
from articles.search.models import SearchEntry
from iria.publication.models import Publication
from iria.transfer.command import ProgressLine
from iria.transfer.models import ImportedItem, ImportRun
from tests.iria.transfer import wxr
from tests.iria.transfer.conftest import Run
from tests.newsroom import picture_file
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db


def test_a_post_keeps_its_date_url_people_and_terms(run: Run, client: Client) -> None:
    run(*wxr.HEADER, wxr.item(7, "Two Cranes", "One.\n\nTwo.", terms=wxr.NEWS, comments=wxr.THREAD))
    article = Article.objects.get()
    assert article.get_absolute_url() == "/2020/05/two-cranes/"
    assert f"{article.published_at:%Y-%m-%dT%H:%M%z}" == "2020-05-04T08:00+0000"
    assert article.body == "<p>One.</p>\n<p>Two.</p>"
    assert [byline.author.name for byline in article.bylines.select_related("author")] == [
        "Ana Prado"
    ]
    assert Category.objects.get(articles=article).path == "asia/japan"
    assert [tag.name for tag in article.tags.all()] == ["Ports"]
    moved = client.get("/2020/05/04/two-cranes/")
    assert (moved.status_code, moved["Location"]) == (301, "/2020/05/two-cranes/")
    assert client.get("/").status_code == 200
    assert client.get("/?p=7")["Location"] == "/2020/05/two-cranes/"
    assert client.get("/category/japan/")["Location"] == "/category/asia/japan/"


def test_comments_keep_threads_states_and_dates(run: Run) -> None:
    report = run(*wxr.HEADER, wxr.item(7, terms=wxr.NEWS, comments=wxr.THREAD))
    texts = {each.text: each for each in Comment.objects.select_related("parent")}
    assert texts["An answer to that"].parent == texts["An answer"]
    assert texts["A deep answer"].parent == texts["An answer to that"]
    assert texts["Buy now"].state == "spam"
    assert texts["Waiting"].state == "held"
    assert f"{texts['First\nline two'].created_at:%Y-%m-%d %H:%M}" == "2020-05-05 10:00"
    assert report["counts"]["comments"]["created"] == 6
    assert report["counts"]["comments"]["skipped"] == 1


def test_a_dry_run_reports_the_same_and_changes_nothing(run: Run) -> None:
    parts = (
        *wxr.HEADER,
        wxr.item(7, terms=wxr.NEWS, comments=wxr.THREAD),
        wxr.item(8, "About", post_type="page"),
    )
    tried = run(*parts, dry_run=True)
    assert not Article.objects.exists()
    assert not ImportedItem.objects.exists()
    assert run(*parts)["counts"] == tried["counts"]


def test_images_come_with_caption_credit_and_pending_credit(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "uploads" / "2020" / "05"
    folder.mkdir(parents=True)
    (folder / "quay.jpg").write_bytes(picture_file(colour="red").read())
    (folder / "ferry.jpg").write_bytes(picture_file(colour="teal").read())
    url = "https://old.example/wp-content/uploads/2020/05"
    body = (
        '[caption id="attachment_21" align="left" width="300"]'
        f'<img class="wp-image-21" src="{url}/quay-300x200.jpg" alt="A quay" /> The quay. Photo: Mira Field[/caption]\n\n'
        f'<img src="{url}/ferry-150x150.jpg" alt="A ferry" />\n\n<img src="{url}/gone.jpg" />'
    )
    parts = (
        wxr.attachment(21, "2020/05/quay.jpg", alt="Quay", parent=7),
        wxr.attachment(22, "2020/05/ferry.jpg"),
        wxr.attachment(23, "../../etc/passwd.jpg"),
        wxr.item(7, body=body, meta={"_thumbnail_id": "22"}),
    )
    tried = run(*parts, media=tmp_path / "uploads", status=1, dry_run=True)
    assert not Image.objects.exists()
    report = run(*parts, media=tmp_path / "uploads", status=1)
    assert (report["counts"], report["remarks"]) == (tried["counts"], tried["remarks"])
    quay, ferry = Image.objects.order_by("pk")
    article = Article.objects.get()
    assert (quay.credit, quay.credit_pending) == ("Mira Field", False)
    assert (ferry.credit, ferry.credit_pending) == ("", True)
    assert article.is_published
    assert article.lead_image == ferry
    assert (
        f'data-image="{quay.pk}" data-alt="A quay"><figcaption>The quay.</figcaption>'
        in article.body
    )
    assert f'data-image="{ferry.pk}"' in article.body
    assert "gone.jpg" in article.body
    assert report["counts"]["images"]["failed"] == 1
    again = run(*parts, media=tmp_path / "uploads", status=1)
    assert again["counts"]["images"]["unchanged"] == 2
    assert again["counts"]["posts"]["unchanged"] == 1


def test_an_image_that_the_export_does_not_list_is_adopted_but_not_counted(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020" / "quay.jpg").write_bytes(picture_file(colour="red").read())
    (tmp_path / "other.jpg").write_bytes(picture_file(colour="teal").read())
    body = (
        '<img class="wp-image-21" src="https://old.example/wp-content/uploads/2020/quay-300x200.jpg">\n\n'
        '<img src="https://elsewhere.example/other.jpg">'
    )
    parts = (wxr.item(7, "One", body),)
    tried = run(*parts, media=tmp_path, dry_run=True)
    report = run(*parts, media=tmp_path)
    assert (report["counts"], report["remarks"]) == (tried["counts"], tried["remarks"])
    assert "images" not in report["counts"]
    image = Image.objects.get()
    assert f'data-image="{image.pk}"' in Article.objects.get().body
    assert 'href="https://elsewhere.example/other.jpg"' in Article.objects.get().body
    again = run(*parts, media=tmp_path)
    assert again["counts"]["posts"]["unchanged"] == 1
    without = run(*parts)
    assert without["counts"]["posts"]["unchanged"] == 1


def test_links_lead_to_texts_that_come_later(run: Run) -> None:
    body = (
        '<a href="https://old.example/2020/05/04/two/#top">By path</a> <a href="/?p=8">By id</a> '
        '<a href="https://elsewhere.example/2020/">Elsewhere</a>'
    )
    run(wxr.item(7, "One", body), wxr.item(8, "Two", "Text."))
    two = Article.objects.get(slug="two")
    one = Article.objects.get(slug="one")
    assert f'href="internal:article/{two.pk}#top"' in one.body
    assert 'href="https://elsewhere.example/2020/"' in one.body
    assert one.updated_at is None


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "draft"}, "draft"),
        ({"status": "private"}, "draft"),
        ({"status": "trash"}, "trash"),
        ({"post_password": "secret"}, "draft"),
        ({"status": "publish"}, "published"),
        ({"status": "invented"}, "draft"),
        ({"post_date": "", "post_date_gmt": "0000-00-00 00:00:00"}, "published"),
    ],
)
def test_only_what_was_public_is_published(run: Run, fields: dict[str, Any], state: str) -> None:
    run(wxr.item(7, body="Text.", **fields))
    assert Article.objects.get().state == state


def test_a_page_keeps_its_path(run: Run, client: Client) -> None:
    page = wxr.item(8, "Our team", "We.", post_type="page", link="https://old.example/about/team/")
    taken = wxr.item(9, "Search", "x", post_type="page", link="https://old.example/search/")
    run(page, taken)
    assert client.get("/about/team/").status_code == 200
    assert client.get("/?page_id=8")["Location"] == "/about/team/"
    assert Page.objects.get(title="Search").path == "page-search"


def test_pages_with_one_path_get_numbers(run: Run) -> None:
    drafts = (
        wxr.item(
            n,
            "",
            post_type="page",
            status="draft",
            post_name="",
            link=f"https://old.example/?page_id={n}",
        )
        for n in (8, 9)
    )
    report = run(*drafts, wxr.item(10, "Old", post_type="page", status="trash"))
    assert {"page", "page-2"} < set(Page.objects.values_list("path", flat=True))
    assert report["counts"]["pages"]["created"] == 3
    remarks = [(each["source_id"], each["remark"]) for each in report["remarks"]]
    assert remarks == [("9", "path taken"), ("10", "trash page")]


def test_missing_galleries_and_lead_images_are_reported(run: Run) -> None:
    report = run(
        wxr.item(7, "One", "[gallery]", meta={"_thumbnail_id": "99"}),
        wxr.item(8, "Two", post_type="page", meta={"_thumbnail_id": "99"}),
    )
    remarks = [(each["source_id"], each["remark"], each["text"]) for each in report["remarks"]]
    assert remarks == [
        ("7", "image not imported", "gallery without images"),
        ("7", "image not imported", "lead image 99"),
        ("8", "image not imported", "lead image 99"),
        ("8", "lead image of a page", "Pages have none here."),
    ]


def test_urls_of_a_site_in_a_folder_redirect(
    run: Run, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = wxr.HEAD.replace("example</wp:base_blog_url>", "example/blog</wp:base_blog_url>")
    monkeypatch.setattr(wxr, "HEAD", head)
    run(
        wxr.author("j.doe", "Jo Doe"),
        *(wxr.category(2, "asia", "Asia"), wxr.category(3, "asia-japan", "Japan", parent="asia")),
        wxr.item(7, "Quay", creator="j.doe", terms=wxr.term("category", "asia-japan", "Japan")),
    )
    Category.objects.filter(slug="asia-japan").update(slug="japan", path="asia/japan")
    for old, new in (
        ("/blog/category/asia/asia-japan/", "/category/asia/japan/"),
        ("/blog/category/asia-japan/", "/category/asia/japan/"),
        ("/blog/author/j-doe/", "/author/j-doe/"),
    ):
        assert client.get(old)["Location"] == new


def test_a_report_that_cannot_be_written_stops_the_import_before_it(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command(
            "import_wordpress", wxr.write(tmp_path, wxr.item(7)), report=tmp_path / "no" / "r.json"
        )
    assert not Article.objects.exists()


def test_a_report_cannot_be_written_into_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_wordpress", wxr.write(tmp_path, wxr.item(7)), report=tmp_path)
    assert not Article.objects.exists()


def test_half_characters_in_a_block_do_not_spoil_the_report(run: Run) -> None:
    report = run(wxr.item(7, body='<!-- wp:acme/quote {"text":"lost \\ud800 words"} /-->'))
    assert "words" in report["remarks"][0]["text"]


def test_a_file_name_that_is_not_utf_8_is_no_obstacle(tmp_path: Path) -> None:
    file = wxr.write(tmp_path, wxr.item(7)).rename(tmp_path / "export-\udce9.xml")
    call_command("import_wordpress", file, verbosity=0)
    assert ImportRun.objects.get().name == "export-\ufffd.xml"


def test_texts_without_a_language_get_the_first_one_of_the_publication(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"languages": "pt,en"})
    monkeypatch.setattr(wxr, "HEAD", wxr.HEAD.replace("<language>en-GB</language>\n", ""))
    run(wxr.item(7), wxr.item(8, "Two", post_type="page"))
    assert Article.objects.get().language == Page.objects.get().language == "pt"


def test_a_term_without_a_name_becomes_no_category(run: Run) -> None:
    run(wxr.item(7, terms='<category domain="category"></category>'))
    assert Article.objects.exists()
    assert not Category.objects.exists()


def test_a_scheduled_text_without_a_date_is_said_to_be_a_draft(run: Run) -> None:
    report = run(wxr.item(7, status="future", post_date="", post_date_gmt=""))
    assert [each["remark"] for each in report["remarks"]] == ["missed schedule"]


def test_a_missed_date_is_named_in_the_time_zone_of_the_publication(run: Run) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Tokyo"})
    report = run(wxr.item(7, status="future", post_date_gmt="2020-05-03 20:00:00"))
    assert "2020-05-04" in report["remarks"][0]["text"]


def test_the_terminal_shows_reasons_and_an_example_of_each_remark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = wxr.item(7, "One", "[newsletter]"), wxr.item(8, post_type="event")
    call_command("import_wordpress", wxr.write(tmp_path, *items), verbosity=0)
    shown = capsys.readouterr().out
    assert "posts 7: newsletter" in shown
    assert "“event”" in shown


def test_a_broken_file_changes_nothing_and_exits_with_2(tmp_path: Path) -> None:
    file = wxr.write(tmp_path, *wxr.HEADER, wxr.item(7), "<item>")
    with pytest.raises(SystemExit) as stopped:
        call_command("import_wordpress", file, verbosity=0)
    assert stopped.value.code == 2
    assert not Article.objects.exists()


def test_a_text_that_cannot_be_written_fails_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iria.transfer.writer.texts.BODY_MAX_LENGTH", 1_000)
    long = wxr.item(3, "Long", "word " * 400, comments=wxr.THREAD)
    others = [wxr.item(n, f"Text {n}", "Short.") for n in (1, 2, 4, 5)]
    report = run(*wxr.HEADER, *others[:2], long, *others[2:], status=1)
    assert Article.objects.count() == 4
    assert (report["counts"]["posts"]["created"], report["counts"]["posts"]["failed"]) == (4, 1)
    assert report["counts"]["comments"]["skipped"] == 7
    assert [each["source_id"] for each in report["items"] if each["outcome"] == "failed"] == ["3"]


def test_a_name_that_nobody_can_see_does_not_keep_texts_out(run: Run) -> None:
    terms = "".join(wxr.term(domain, "x", "\u00ad") for domain in ("category", "post_tag"))
    parts = (wxr.author("ana", "\u00ad"), wxr.item(7, terms=terms), wxr.item(8, "Two", terms=terms))
    counts = run(*parts, status=1)["counts"]
    assert (counts["posts"]["created"], counts["posts"]["failed"]) == (2, 0)
    assert {counts[kind]["failed"] for kind in ("authors", "categories", "tags")} == {1}
    assert not Tag.objects.exists()


def test_a_comment_without_anything_that_can_be_stored_is_left_out_alone(run: Run) -> None:
    thread = wxr.comment(11, "\ufdd0") + wxr.comment(12, "An answer", 11)
    counts = run(wxr.item(7, body="Text.", comments=thread))["counts"]
    assert (counts["posts"]["created"], counts["comments"]["skipped"]) == (1, 1)
    assert Comment.objects.get().text == "An answer"


def test_texts_of_one_month_with_one_slug_get_numbers(run: Run) -> None:
    run(*(wxr.item(n, f"Text {n}", "Text.", post_name="same") for n in range(1, 4)))
    run(wxr.item(4, "Text 4", "Text.", post_name="same"))
    found = Article.objects.order_by("pk").values_list("slug", flat=True)
    assert list(found) == ["same", "same-2", "same-3", "same-4"]
    for article in Article.objects.all():
        details = article.revisions.get().details
        assert details is not None
        assert details["slug"] == article.slug


def test_replies_find_their_comment_wherever_it_is_in_the_file(run: Run) -> None:
    thread = (
        wxr.comment(12, "An answer", 11)
        + wxr.comment(11, "The first")
        + wxr.comment(11, "The same id")
        + wxr.comment(20, "Answers itself", 21)
        + wxr.comment(21, "In a circle", 20)
        + wxr.comment(30, "To one elsewhere", 40)
    )
    elsewhere = wxr.item(8, "Two", comments=wxr.comment(40, "Elsewhere"))
    report = run(wxr.item(7, "One", comments=thread), elsewhere)
    texts = {each.text: each for each in Comment.objects.select_related("parent")}
    assert texts["An answer"].parent == texts["The first"]
    assert texts["To one elsewhere"].parent is None
    assert [texts[each].parent is None for each in ("Answers itself", "In a circle")].count(
        True
    ) == 1
    counts = report["counts"]["comments"]
    assert (counts["created"], counts["skipped"]) == (6, 1)


def test_imported_articles_are_indexed_by_a_job(
    run: Run, django_capture_on_commit_callbacks: Any, queued: Queued
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run(wxr.item(7, "One", "Text."), wxr.item(8, "Two", "Text.", status="draft"))
    imported = [Article.objects.get(slug="one").pk]
    assert queued("search.index_articles") == [imported]
    assert queued("related.refresh_imported") == [imported]
    search_tasks.index_articles(imported)
    related_tasks.refresh_imported(imported)
    assert SearchEntry.objects.count() == 1


def test_progress_says_how_long_it_will_take() -> None:
    for terminal, lines in ((True, 1), (False, 1)):
        output = StringIO()
        output.isatty = partial(bool, terminal)  # type: ignore[method-assign]
        line = ProgressLine(OutputWrapper(output))
        for done in (0, 10, 20, 40):
            line(done, 40)
        assert output.getvalue().count("\n") == lines
        assert ("\r" in output.getvalue()) == terminal
        assert "40 of 40" in output.getvalue()


def test_translations_of_polylang_are_linked_once(run: Run) -> None:
    parts = (
        wxr.item(7, "Two cranes", "Text.", terms=wxr.in_language("en")),
        wxr.item(8, "Deux grues", "Texte.", terms=wxr.in_language("fr")),
        wxr.item(9, "Encore", "Texte.", terms=wxr.in_language("fr")),
        wxr.item(10, "Alone", "Text.", terms=wxr.in_language("en", "pll_other")),
        wxr.item(11, "About", post_type="page", terms=wxr.in_language("en", "pll_about")),
        wxr.item(12, "À propos", post_type="page", terms=wxr.in_language("fr", "pll_about")),
    )
    report = run(*parts)
    english, french = (Article.objects.get(headline=each) for each in ("Two cranes", "Deux grues"))
    assert translations_of(english) == [french]
    assert not translations_of(Article.objects.get(headline="Alone"))
    assert Page.objects.get(language="fr").translation_of == Page.objects.get(language="en")
    assert [each["source_id"] for each in report["remarks"]] == ["9"]
    again = run(*parts)
    assert again["counts"]["posts"]["unchanged"] == 4
    assert again["counts"]["pages"]["unchanged"] == 2


@pytest.mark.parametrize(("may_publish", "state"), [(True, "published"), (False, "draft")])
def test_a_setting_decides_whether_unknown_credits_are_published(
    run: Run, tmp_path: Path, may_publish: bool, state: str
) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"publish_unknown_credits": may_publish})
    (tmp_path / "quay.jpg").write_bytes(picture_file(colour="red").read())
    image = '<img class="wp-image-21" src="https://old.example/wp-content/uploads/quay.jpg" />'
    report = run(
        wxr.attachment(21, "quay.jpg"),
        wxr.item(7, "With image", image),
        wxr.item(8, "Without image", "Text."),
        media=tmp_path,
    )
    assert Article.objects.get(headline="With image").state == state
    assert Article.objects.get(headline="Without image").is_published
    assert ("unknown credit" in {each["remark"] for each in report["remarks"]}) != may_publish


def test_sticky_posts_get_free_slots_of_the_front_page(run: Run) -> None:
    sticky = [
        wxr.item(
            n,
            f"Text {n}",
            "Text.",
            is_sticky="1",
            post_date=f"2020-05-0{n} 10:00:00",
            post_date_gmt=f"2020-05-0{n} 08:00:00",
        )
        for n in range(1, 8)
    ]
    report = run(*sticky)
    placed = Placement.objects.order_by("slot", "position").values_list("slot", "article__slug")
    assert list(placed) == [
        ("lead", "text-7"),
        *(("second", f"text-{n}") for n in (6, 5, 4, 3)),
    ]
    assert [(each["source_id"], each["remark"]) for each in report["remarks"]] == [
        ("2", "sticky"),
        ("1", "sticky"),
    ]
    Placement.objects.all().delete()
    run(*sticky)
    assert not Placement.objects.exists()

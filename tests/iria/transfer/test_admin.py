"""Administrators upload an archive, try it, import it, read the report, and undo it."""

import io
import json
import os
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from articles.editorial.models import Article
from articles.images.models import Image
from iria.transfer import runs, uploads
from iria.transfer.admin import first_import_item
from iria.transfer.models import ImportChunk, ImportReportPage, ImportRun
from iria.transfer.records import Unreadable
from tests.iria.transfer import wxr
from tests.newsroom import picture_file

pytestmark = pytest.mark.django_db

State = ImportRun.State
ADD = "admin:transfer_importrun_add"
UPLOAD = "admin:transfer_importrun_upload"
TASK = "related.refresh_imported"
ALLOWED = "admin:transfer_importrun_upload_allowed"


def archive(folder: Path, *parts: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("export.xml", wxr.write(folder, *parts).read_bytes())


def images(**files: bytes) -> SimpleUploadedFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return SimpleUploadedFile("uploads.zip", packed.getvalue())


def upload(client: Client, **fields: object) -> ImportRun:
    response = client.post(reverse(UPLOAD), {"system": "wordpress", **fields})
    run = ImportRun.objects.get()
    assert response["Location"] == url("change", run)
    return run


def url(name: str, run: ImportRun) -> str:
    return reverse(f"admin:transfer_importrun_{name}", args=[run.pk])


def work(run: ImportRun) -> None:
    uploads.resume(run.pk, should_stop=lambda: False)
    run.refresh_from_db()


POSTS = (
    wxr.attachment(21, "2020/quay.jpg", parent=7),
    wxr.attachment(22, "2020/gone.jpg"),
    wxr.item(7, "One", "Text."),
    wxr.item(8, "Two", "Text.", status="draft"),
)


def test_an_archive_is_checked_imported_and_undone(admin_client: Client, tmp_path: Path) -> None:
    media = images(**{"uploads/2020/quay.jpg": picture_file(colour="red").read()})
    run = upload(admin_client, system="", file=archive(tmp_path, *POSTS), images=media)
    assert (run.system, run.state) == ("wordpress", State.CHECKING)
    work(run)
    assert (run.state, run.counts["posts"]["created"]) == (State.CHECKED, 2)
    assert not Article.objects.exists()
    admin_client.post(url("start", run))
    work(run)
    assert (run.state, run.done, run.total) == (State.DONE, 2, 2)
    assert Article.objects.count() == 2
    assert Image.objects.count() == 1
    assert not ImportChunk.objects.exists()
    page = admin_client.get(url("change", run))
    assert [each["source_id"] for each in page.context["items"]] == ["22"]
    posts = admin_client.get(url("change", run), {"kind": "posts", "outcome": "created"})
    links = {each["admin_url"] for each in posts.context["items"]}
    assert links == {
        reverse("admin:articles_article_change", args=[each.pk]) for each in Article.objects.all()
    }
    assert admin_client.get(url("undo", run)).status_code == 200
    admin_client.post(url("undo", run))
    work(run)
    assert run.state == State.UNDONE
    assert not Article.objects.exists()
    assert not Image.objects.exists()
    assert admin_client.get(url("change", run)).context["columns"] == ["removed"]


def test_the_report_is_downloaded_as_json(admin_client: Client, tmp_path: Path) -> None:
    run = upload(admin_client, file=archive(tmp_path, *POSTS))
    work(run)
    response = admin_client.get(url("report", run))
    report = json.loads(b"".join(response))
    assert report["counts"] == run.counts
    found = sum(each["found"] for each in run.counts.values())
    assert len(report["items"]) == found


def test_a_long_report_has_pages(admin_client: Client, tmp_path: Path) -> None:
    run = upload(
        admin_client,
        file=archive(tmp_path, *(wxr.tag(f"t{n}", f"Tag {n}") for n in range(runs.PAGE + 5))),
    )
    work(run)
    second = admin_client.get(url("change", run), {"kind": "tags", "outcome": "", "p": "2"})
    assert (len(second.context["items"]), second.context["page_count"]) == (5, 2)
    assert admin_client.get(url("change", run), {"p": "9" * 8}).status_code == 200
    assert admin_client.get(url("change", run), {"kind": "x", "p": "0"}).status_code == 200


def test_an_import_that_the_worker_interrupts_is_continued(
    admin_client: Client, tmp_path: Path
) -> None:
    run = upload(admin_client, file=archive(tmp_path, *POSTS))
    work(run)
    admin_client.post(url("start", run))
    uploads.resume(run.pk, should_stop=lambda: True)
    run.refresh_from_db()
    assert (run.state, uploads.in_progress()) == (State.IMPORTING, [run.pk])
    work(run)
    assert (run.state, uploads.in_progress()) == (State.DONE, [])
    assert Article.objects.count() == 2


def test_files_of_the_server_are_only_those_of_its_folder(
    admin_client: Client, tmp_path: Path, settings: object
) -> None:
    settings.STATE = tmp_path  # type: ignore[attr-defined]
    uploads.server_folder().mkdir()
    wxr.write(uploads.server_folder(), *POSTS)
    for outside in ("/etc/passwd", "../secret.xml"):
        refused = admin_client.post(reverse(ADD), {"system": "wordpress", "server_file": outside})
        assert refused.context["form"].errors
    run = upload(admin_client, server_file="export.xml")
    work(run)
    assert run.state == State.CHECKED


@pytest.mark.parametrize("name", ["pipe", "link", "folder/passwd"])
def test_only_files_and_folders_of_the_server_are_opened(
    tmp_path: Path, settings: object, name: str
) -> None:
    settings.STATE = tmp_path  # type: ignore[attr-defined]
    uploads.server_folder().mkdir()
    os.mkfifo(uploads.server_folder() / "pipe")
    (uploads.server_folder() / "link").symlink_to("/etc/passwd")
    (uploads.server_folder() / "folder").symlink_to("/etc")
    with pytest.raises(Unreadable):
        uploads.on_server(name)


@pytest.mark.parametrize("field", ["server_file", "media_folder"])
def test_a_long_name_on_the_server_is_not_found(
    admin_client: Client, tmp_path: Path, settings: object, field: str
) -> None:
    settings.STATE = tmp_path  # type: ignore[attr-defined]
    uploads.server_folder().mkdir()
    wxr.write(uploads.server_folder(), *POSTS)
    run = upload(admin_client, **{"server_file": "export.xml", field: "x" * 300})
    work(run)
    assert run.state == State.FAILED
    assert run.error.startswith("There is no x")


def test_a_file_with_a_long_suffix_is_checked(admin_client: Client, tmp_path: Path) -> None:
    file = archive(tmp_path, *POSTS)
    file.name = f"x.{'é' * 240}"
    run = upload(admin_client, file=file)
    work(run)
    assert run.state == State.CHECKED


@pytest.mark.parametrize(
    ("system", "content", "field"),
    [
        ("", b"%PDF-1.7", "file"),
        ("", b"PK\x03\x04", "file"),
        ("", b"Some text", "system"),
        ("ghost", b"<rss></rss>", "file"),
    ],
)
def test_a_wrong_file_is_refused_by_the_form(
    admin_client: Client, system: str, content: bytes, field: str
) -> None:
    fields = {"system": system, "file": SimpleUploadedFile("export.xml", content)}
    assert list(admin_client.post(reverse(ADD), fields).context["form"].errors) == [field]


def test_an_import_says_what_it_waits_for(admin_client: Client, tmp_path: Path) -> None:
    def text(run: ImportRun) -> str:
        answer: str = admin_client.get(url("progress", run)).json()["text"]
        return answer

    def start(task: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing' WHERE id ="
                " (SELECT min(id) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo')",
                [task],
            )

    first = upload(admin_client, file=archive(tmp_path, *POSTS))
    without_worker = text(first)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    idle = text(first)
    for number in range(settings.LONG_CONCURRENCY):
        app.configure_task(TASK, lock=str(number)).defer(article_ids=[])
        start(TASK)
    behind_others = text(first)
    uploads.enqueue(first.pk)
    start(uploads.RUN)
    second = ImportRun.objects.create(system="ghost", name="b.json", state=State.CHECKING)
    texts = [without_worker, idle, behind_others, text(first), text(second)]
    assert len(set(texts)) == len(texts)
    assert first.name in text(second)


def test_images_are_fetched_on_request(
    admin_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = picture_file(colour="red").read()
    monkeypatch.setattr("iria.transfer.writer.images.Fetcher.fetch", lambda *_: content)
    run = upload(admin_client, file=archive(tmp_path, *POSTS[:1]), fetch_images="on")
    work(run)
    assert run.counts["images"]["created"] == 1


def test_options_for_an_old_wordpress_site_are_applied(
    admin_client: Client, tmp_path: Path
) -> None:
    event = wxr.item(9, "Event", post_type="event", post_date_gmt="0000-00-00 00:00:00")
    options = {"time_zone": "Asia/Karachi", "post_types": "event, product"}
    run = upload(admin_client, file=archive(tmp_path, event), **options)
    work(run)
    admin_client.post(url("start", run))
    work(run)
    assert f"{Article.objects.get().published_at:%H:%M}" == "05:00"


def test_a_time_zone_that_does_not_exist_is_refused(admin_client: Client, tmp_path: Path) -> None:
    fields = {"system": "wordpress", "file": archive(tmp_path, *POSTS), "time_zone": "Mars/Base"}
    form = admin_client.post(reverse(ADD), fields).context["form"]
    assert list(form.errors) == ["time_zone"]
    assert form.has_details


def test_redirects_and_routes_of_ghost_are_uploaded_with_it(admin_client: Client) -> None:
    post = {"id": "1", "title": "Quay", "slug": "quay", "status": "published", "html": "<p>x</p>"}
    export = json.dumps({"db": [{"meta": {"version": "5.0.0"}, "data": {"posts": [post]}}]})
    run = upload(
        admin_client,
        system="ghost",
        file=SimpleUploadedFile("ghost.json", export.encode()),
        redirects=SimpleUploadedFile("r.json", b'[{"from": "/old/", "to": "/quay/"}]'),
        routes=SimpleUploadedFile("r.yaml", b"collections:\n  /:\n    permalink: /news/{slug}/\n"),
    )
    work(run)
    assert (run.state, run.error) == (State.CHECKED, "")
    created = [i for page in run.report_pages.filter(kind="redirects") for i in runs.items_of(page)]
    assert {"/old/", "/news/quay/"} <= {each["source_id"] for each in created}
    broken = SimpleUploadedFile("r.yaml", b"a: [")
    fields = {"system": "ghost", "file": SimpleUploadedFile("g.json", export.encode())}
    admin_client.post(reverse(ADD), fields | {"routes": broken})
    run = ImportRun.objects.order_by("-pk")[0]
    work(run)
    assert run.state == State.FAILED


def test_old_files_and_reports_are_deleted(admin_client: Client, tmp_path: Path) -> None:
    run = upload(admin_client, file=archive(tmp_path, *POSTS))
    work(run)
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=8))
    runs.delete_old()
    assert not ImportChunk.objects.exists()
    assert ImportReportPage.objects.exists()
    assert not admin_client.get(url("change", run)).context["may_import"]
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=91))
    runs.delete_old()
    assert not ImportReportPage.objects.exists()


def test_editors_cannot_import(ola: object, client: Client, tmp_path: Path, edna: object) -> None:
    client.force_login(edna)  # type: ignore[arg-type]
    assert client.get(reverse(ADD)).status_code == 403
    run = ImportRun.objects.create(system="wordpress", name="export.xml", state=State.CHECKED)
    for name in ("change", "start", "undo", "report", "progress"):
        assert client.post(url(name, run)).status_code == 403


def test_the_form_uploads_to_the_url_that_web_servers_guard(admin_client: Client) -> None:
    page = admin_client.get(reverse(ADD)).content.decode()
    assert f'<form action="{reverse(UPLOAD)}"' in page


def test_web_servers_ask_who_may_upload(
    client: Client, chief: User, edna: User, ola: User, settings: Any
) -> None:
    def ask() -> int:
        response = client.get(reverse(ALLOWED))
        assert (response["Cache-Control"], response.content) == ("private, no-store", b"")
        return response.status_code

    assert ask() == 401
    for user, status in ((ola, 401), (edna, 403), (chief, 204)):
        client.force_login(user)
        assert ask() == status
    # Neither a redirect, which no web server follows, nor permission.
    settings.STAFF_SECOND_FACTOR = True
    assert ask() == 401


def test_an_empty_site_offers_the_import(admin_user: object, edna: object) -> None:
    assert first_import_item(admin_user)
    assert not first_import_item(edna)


def test_a_folder_of_texts_is_uploaded_as_a_zip_file(admin_client: Client) -> None:
    file = images(
        **{
            "site/content/one.md": b"---\ntitle: One\ndate: 2020-05-04\n---\n\n![A quay](quay.jpg)\n",
            "site/content/quay.jpg": picture_file(colour="red").read(),
            "site/node_modules/a/readme.md": b"# Not of the site",
            "site/.git/a.md": b"# Not of the site",
        }
    )
    run = upload(admin_client, system="markdown", file=file)
    work(run)
    assert (run.state, run.error) == (State.CHECKED, "")
    assert run.counts["posts"]["created"] == run.counts["images"]["created"] == 1

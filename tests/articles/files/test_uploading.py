"""Uploading files in the admin, and the library."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from articles.files import ingest
from articles.files.models import File
from articles.files.tasks import orphaned_files
from articles.images.renditions import delete_files
from tests import newsroom
from tests.articles.files import samples

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/file/add/"
LIST = "/admin/articles/file/"


def change(file: File) -> str:
    return reverse("admin:articles_file_change", args=[file.pk])


def stored_files() -> Iterator[Path]:
    return (each for each in Path(default_storage.path("")).rglob("*") if each.is_file())


def sent(client: Client, *contents: tuple[str, bytes]) -> Any:
    files = [samples.upload(content, name) for name, content in contents]
    return client.post(ADD, {"files": files})


def test_a_reporter_uploads_a_pdf_and_fills_in_its_credit(client: Client, rui: User) -> None:
    client.force_login(rui)
    content = samples.pdf(3, title="Tide tables", author="Harbour Institute")
    response = sent(client, ("tides.pdf", content))
    file = File.objects.get()
    assert response["Location"] == change(file)
    assert (file.title, file.credit, file.pages) == ("Tide tables", "Harbour Institute", 3)
    assert (file.original_name, file.uploaded_by) == ("tides.pdf", rui)
    assert "tides" not in str(file.stored.name)
    assert file.bytes == file.stored.size
    response = client.post(change(file), {"title": "Tides 2027", "credit": "H. Institute"})
    assert response.status_code == 302
    file.refresh_from_db()
    assert (file.title, file.credit) == ("Tides 2027", "H. Institute")


def test_several_files_are_uploaded_at_once_and_each_has_its_result(
    client: Client, edna: User
) -> None:
    client.force_login(edna)
    page = sent(client, ("a.pdf", samples.pdf()), ("b.mp3", samples.mp3()), ("c.txt", b"text"))
    assert {file.kind for file in File.objects.all()} == {"pdf", "audio"}
    assert page.content.decode().count('class="received"') == 2
    assert page.content.decode().count('class="refused"') == 1


def test_the_type_is_that_of_the_content_not_of_the_name(client: Client, edna: User) -> None:
    client.force_login(edna)
    sent(client, ("song.mp3", samples.pdf()))
    assert File.objects.get().kind == File.Kind.PDF
    page = sent(client, ("report.pdf", b"<script>alert(1)</script>"))
    assert page.status_code == 200
    assert File.objects.count() == 1


def test_what_is_stored_is_the_cleaned_copy(client: Client, edna: User) -> None:
    client.force_login(edna)
    sent(client, ("report.pdf", samples.pdf_with_everything()))
    stored = File.objects.get().stored.read()
    assert samples.SECRET not in stored
    assert b"JavaScript" not in stored
    assert len(PdfReader(io.BytesIO(stored)).pages) == 1
    assert len(list(stored_files())) == 1


def test_the_same_file_is_not_stored_twice(client: Client, edna: User) -> None:
    client.force_login(edna)
    sent(client, ("a.pdf", samples.pdf()))
    response = sent(client, ("b.pdf", samples.pdf()))
    assert response["Location"] == change(File.objects.get())
    assert len(list(stored_files())) == 1


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n%%EOF", samples.encrypted_pdf(), samples.pdf(0)]
)
def test_a_refused_file_leaves_nothing_behind(client: Client, edna: User, content: bytes) -> None:
    client.force_login(edna)
    page = sent(client, ("report.pdf", content))
    assert page.status_code == 200
    assert 'class="refused"' in page.content.decode() or "errornote" in page.content.decode()
    assert not File.objects.exists()
    assert not list(stored_files())


def test_a_file_over_the_limit_is_refused(client: Client, edna: User, settings: Any) -> None:
    settings.FILE_MAX_BYTES = 200
    client.force_login(edna)
    assert 'class="refused"' in sent(client, ("a.pdf", samples.pdf())).content.decode()
    assert not File.objects.exists()


def test_an_upload_without_a_file_gets_a_message(client: Client, edna: User) -> None:
    client.force_login(edna)
    page = client.post(ADD, {})
    assert page.status_code == 200
    assert "errornote" in page.content.decode()


def test_names_and_tags_that_cannot_be_stored_are_no_error(client: Client, edna: User) -> None:
    client.force_login(edna)
    sent(client, (f"{'x' * 300}.mp3", samples.mp3(title="a" * 400, artist="b" * 400)))
    file = File.objects.get()
    assert len(file.title) == 200
    assert len(file.credit) == 300


def test_moderators_and_readers_cannot_upload(client: Client, mina: User, ola: User) -> None:
    for person in (mina, ola):
        client.force_login(person)
        assert sent(client, ("a.pdf", samples.pdf())).status_code in (302, 403)
        assert not File.objects.exists()


def test_the_list_says_what_each_file_is_and_where_it_is_used(client: Client, edna: User) -> None:
    used, unused = samples.file(), samples.file(samples.mp3(400), title="Interview")
    newsroom.published(body=f"<p>See:</p>{samples.markup(used)}")
    client.force_login(edna)
    page = client.get(LIST).content.decode()
    for text in (used.title, used.size_text, used.length, unused.title, "0:10", "1 article"):
        assert text in page
    assert unused.title not in client.get(LIST, {"used": "yes"}).content.decode()
    assert used.title not in client.get(LIST, {"used": "no"}).content.decode()
    assert used.title not in client.get(LIST, {"q": "interview"}).content.decode()


def test_the_list_needs_the_same_queries_for_any_number_of_files(
    client: Client, edna: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        file = samples.file(samples.mp3(50 + number))
        newsroom.published(body=samples.markup(file) + "<p>Text.</p>")
    client.force_login(edna)
    client.get(LIST)
    with django_assert_max_num_queries(14):
        client.get(LIST)


def test_a_used_file_cannot_be_deleted(client: Client, edna: User) -> None:
    file = samples.file()
    article = newsroom.published(body=f"<p>See:</p>{samples.markup(file)}")
    client.force_login(edna)
    client.post(f"{LIST}{file.pk}/delete/", {"post": "yes"})
    client.post(LIST, {"action": "delete_selected", "_selected_action": file.pk, "post": "yes"})
    assert File.objects.filter(pk=file.pk).exists()
    assert article.get_admin_url() in client.get(change(file)).content.decode()


def test_deleting_an_unused_file_deletes_what_is_stored(
    client: Client, edna: User, django_capture_on_commit_callbacks: Any
) -> None:
    file = samples.file()
    client.force_login(edna)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{LIST}{file.pk}/delete/", {"post": "yes"})
    assert not File.objects.exists()
    assert not list(stored_files())


def test_reporters_cannot_delete_files(client: Client, rui: User) -> None:
    file = samples.file()
    client.force_login(rui)
    assert client.post(f"{LIST}{file.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_reporter_cannot_change_a_published_file(client: Client, rui: User) -> None:
    file = samples.file()
    newsroom.published(body=f"<p>See:</p>{samples.markup(file)}")
    client.force_login(rui)
    response = client.post(change(file), {"title": "Other", "credit": "Other"})
    assert response.status_code == 403
    file.refresh_from_db()
    assert file.title == "Tide tables"


def test_the_credit_of_a_published_file_cannot_be_emptied(client: Client, edna: User) -> None:
    file = samples.file()
    newsroom.published(body=f"<p>See:</p>{samples.markup(file)}")
    client.force_login(edna)
    response = client.post(change(file), {"title": "Other", "credit": ""})
    assert response.status_code == 200
    assert "credit" in response.context["adminform"].form.errors
    file.refresh_from_db()
    assert file.credit


def test_stored_files_without_a_row_are_deleted(db: None) -> None:
    file = samples.file()
    lost = default_storage.save("files/2026/01/lost.pdf", samples.upload(b"lost"))
    assert delete_files(orphaned_files(timezone.now() + timedelta(minutes=1))) == 1
    assert not default_storage.exists(lost)
    assert default_storage.exists(str(file.stored.name))


def test_a_failed_row_leaves_no_stored_file(monkeypatch: Any) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ValueError

    monkeypatch.setattr(File, "save", fail)
    with pytest.raises(ValueError):  # noqa: PT011 - our own
        ingest.ingest(samples.upload(samples.pdf()), by=None)
    assert not list(stored_files())


def test_the_limit_fits_what_the_web_server_accepts() -> None:
    assert site.FILE_MAX_BYTES <= 64 * 1024**2

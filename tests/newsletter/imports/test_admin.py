"""Importing and exporting subscribers in the admin."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from newsletter.imports import runner
from newsletter.imports.csv_reader import SERVICES
from newsletter.models import Subscriber, SubscriberExport, SubscriberImport, Suppression
from newsletter.subscriptions import suppression
from tests.newsletter.factories import news, subscriber

pytestmark = pytest.mark.django_db
LIST = "Name;Mail\nOla;ola@readers.example\nRui;no address\nMina;mina@readers.example\n"
ADD = "/admin/newsletter/subscriberimport/add/"


@pytest.fixture(autouse=True)
def _jobs_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.imports.uploads.enqueue", runner.resume)


@pytest.fixture
def admin_client(client: Client, ada: User) -> Client:
    """A client signed in as Ada, an administrator."""
    client.force_login(ada)
    return client


def upload(browser: Client, content: bytes = LIST.encode(), **fields: Any) -> Any:
    file = SimpleUploadedFile("list.csv", content)
    form = {"file": file, "newsletters": [news().pk], "consent": "On paper"} | fields
    return browser.post(ADD, form, follow=True)


def test_a_file_is_uploaded_checked_and_imported(
    admin_client: Client,
    ada: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    page = upload(admin_client).content.decode()
    subscriber_import = SubscriberImport.objects.get()
    assert subscriber_import.created_by == ada
    assert '<option value="email" selected>' in page.partition("column-1")[2]
    assert "ola@readers.example" in page
    base = f"/admin/newsletter/subscriberimport/{subscriber_import.pk}"
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"column-0": "name", "column-1": "email", "has_header": "1"}
        admin_client.post(f"{base}/check/", sent)
    page = admin_client.get(f"{base}/change/").content.decode()
    assert "Checked, not imported" in page
    assert "Import 2" in page
    assert '<th scope="row">3</th><td>Invalid</td>' in page
    assert not Subscriber.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(f"{base}/run/")
    page = admin_client.get(f"{base}/change/").content.decode()
    assert "Imported" in page
    assert "Import 2" not in page
    assert Subscriber.objects.receiving(news()).count() == 2
    assert Subscriber.objects.get(email="ola@readers.example").name == "Ola"
    report = admin_client.get(f"{base}/report/").getvalue().decode("utf-8-sig")
    assert list(csv.reader(StringIO(report)))[1][:2] == ["3", "Invalid"]


def test_the_page_says_what_the_export_of_a_service_lacks(admin_client: Client) -> None:
    listmonk = next(each for each in SERVICES if each.name == "listmonk")
    header = b"uuid,email,name,attributes,status,created_at,updated_at\n"
    page = upload(admin_client, header + b"1,ola@readers.example,Ola,{},enabled,,\n")
    assert listmonk.note in page.content.decode()
    assert listmonk.note not in upload(admin_client).content.decode()


def test_the_page_of_a_running_import_reloads(admin_client: Client) -> None:
    upload(admin_client)
    subscriber_import = SubscriberImport.objects.get()
    address = f"/admin/newsletter/subscriberimport/{subscriber_import.pk}/change/"
    assert "Refresh" not in admin_client.get(address).headers
    SubscriberImport.objects.update(state="taking_in", rows_read=20_000, total_rows=200_001)
    response = admin_client.get(address)
    assert response["Refresh"] == "2"
    assert "20000 of about 200001 rows" in " ".join(response.content.decode().split())
    admin_client.post(
        f"/admin/newsletter/subscriberimport/{subscriber_import.pk}/check/", {"column-1": "email"}
    )
    subscriber_import.refresh_from_db()
    assert subscriber_import.state == "taking_in"


@pytest.mark.parametrize(
    ("invalid", "message"),
    [
        ({"consent": " "}, "required"),
        ({"newsletters": []}, "required"),
        ({"file": ""}, "Choose a file."),
        ({"file": SimpleUploadedFile("x", b"\n\n")}, "no rows"),
    ],
)
def test_errors_are_shown_and_the_input_is_kept(
    admin_client: Client, invalid: dict[str, Any], message: str
) -> None:
    page = upload(admin_client, **({"consent": "On paper, in May"} | invalid)).content.decode()
    assert message in page
    assert "consent" in invalid or "On paper, in May</textarea>" in page
    assert not SubscriberImport.objects.exists()


@pytest.mark.parametrize(
    "columns",
    [{}, {"column-0": "name"}, {"column-0": "email", "column-1": "email"}, {"column-x": "email"}],
)
def test_one_column_must_be_the_email_address(
    admin_client: Client, columns: dict[str, str]
) -> None:
    upload(admin_client)
    subscriber_import = SubscriberImport.objects.get()
    response = admin_client.post(
        f"/admin/newsletter/subscriberimport/{subscriber_import.pk}/check/", columns, follow=True
    )
    assert "exactly one column" in response.content.decode()
    subscriber_import.refresh_from_db()
    assert subscriber_import.state == "new"


def test_an_editor_neither_imports_nor_exports(
    editor_client: Client, admin_client: Client, edna: User
) -> None:
    upload(admin_client)
    subscriber_import = SubscriberImport.objects.get()
    browser = Client()
    browser.force_login(edna)
    base = f"/admin/newsletter/subscriberimport/{subscriber_import.pk}"
    for address in (ADD, f"{base}/change/", f"{base}/report/"):
        assert browser.get(address).status_code == 403
    for address in (
        ADD,
        f"{base}/check/",
        f"{base}/run/",
        "/admin/newsletter/subscriber/export/",
    ):
        assert browser.post(address).status_code == 403
    assert "Export" not in browser.get("/admin/newsletter/subscriber/").content.decode()
    assert not SubscriberExport.objects.exists()


def test_the_export_is_filtered_escaped_and_logged(admin_client: Client, ada: User) -> None:
    formula = subscriber("=cmd@readers.example")
    Subscriber.objects.filter(pk=formula.pk).update(name="@SUM(1;2)")
    subscriber("mina@readers.example")
    Subscriber.objects.create(email="waiting@readers.example")
    assert admin_client.get("/admin/newsletter/subscriber/export/").status_code == 405
    response = admin_client.post("/admin/newsletter/subscriber/export/?state__exact=active&o=1")
    text = response.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["e-mail"] for row in rows] == ["'=cmd@readers.example", "mina@readers.example"]
    assert rows[0]["name"] == "'@SUM(1;2)"
    assert rows[0]["newsletters"] == "News (Regular issues)"
    stored = SubscriberExport.objects.get()
    assert (stored.created_by, stored.rows, stored.filters) == (ada, 2, "state__exact=active&o=1")


def test_a_long_export_has_few_queries(admin_client: Client) -> None:
    def query_count() -> int:
        with CaptureQueriesContext(connection) as steps:
            admin_client.post("/admin/newsletter/subscriber/export/").getvalue()
        return len(steps)

    subscriber("first@readers.example")
    query_count()
    one = query_count()
    for number in range(10):
        subscriber(f"reader{number}@readers.example")
    assert query_count() == one


def test_the_data_of_a_subscriber_can_be_exported_and_erased(admin_client: Client) -> None:
    ola = subscriber()
    page = admin_client.get(f"/admin/newsletter/subscriber/{ola.pk}/change/").content.decode()
    assert f"/admin/newsletter/subscriber/{ola.pk}/data/" in page
    data = admin_client.get(f"/admin/newsletter/subscriber/{ola.pk}/data/").json()
    assert data["e-mail address"] == ola.email
    since = timezone.now().date()
    assert data["newsletters"] == [f"News (Regular issues), since {since}"]
    form = {"action": "erase_and_suppress", "_selected_action": [ola.pk]}
    admin_client.post("/admin/newsletter/subscriber/", form)
    assert not Subscriber.objects.exists()
    assert suppression.is_suppressed("OLA@readers.example")
    assert Suppression.objects.get().subscriber is None

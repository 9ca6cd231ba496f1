"""Imports save everything or nothing, and resubscribe nobody."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from newsletter import personal_data
from newsletter.imports import runner, uploads
from newsletter.imports.csv_reader import ColumnMapping
from newsletter.models import (
    Consent,
    Newsletter,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
)
from newsletter.subscriptions import opt_in, suppression
from tests.newsletter.factories import news, subscriber
from tests.together import begin_and_wait

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
CONSENT = "On paper, at the spring conference"


def uploaded(text: str, **more: object) -> SubscriberImport:
    return uploads.upload(
        text.encode(), name="list.csv", newsletters=[news()], consent=CONSENT, by=None
    )


def checked(text: str) -> SubscriberImport:
    subscriber_import = uploaded(text)
    uploads.enqueue_dry_run(subscriber_import, ColumnMapping.of(subscriber_import.columns))
    runner.resume(subscriber_import.pk)
    subscriber_import.refresh_from_db()
    return subscriber_import


def imported(text: str) -> SubscriberImport:
    subscriber_import = checked(text)
    uploads.enqueue_run(subscriber_import)
    runner.resume(subscriber_import.pk)
    subscriber_import.refresh_from_db()
    return subscriber_import


def reported_rows(subscriber_import: SubscriberImport) -> list[tuple[int, str]]:
    return [(line.line, line.outcome) for line in subscriber_import.rows.all()]


LIST = """email,name,language
ola@readers.example,Ola,fr
not an address,,
OLA@readers.example,Ola again,
left@readers.example,,
barred@readers.example,,
erased@readers.example,,
known@readers.example,,
waiting@readers.example,Wim,
mina@readers.example,Mina,klingon
"""


@pytest.fixture
def people() -> None:
    opt_in.unsubscribe(subscriber("left@readers.example").token)
    suppression.suppress(subscriber("barred@readers.example"), details="complained")
    erased = subscriber("erased@readers.example")
    suppression.suppress(erased, details="complained")
    opt_in.erase(erased)
    subscriber("known@readers.example")
    Subscriber.objects.create(email="waiting@readers.example")


def test_a_dry_run_reports_each_row_and_saves_nothing(people: None) -> None:
    before = set(Subscriber.objects.values_list("email", "state"))
    subscriber_import = checked(LIST)
    assert subscriber_import.state == "looked"
    assert subscriber_import.counts == {
        "new": 2, "added": 1, "known": 1, "duplicate": 1, "left": 1, "suppressed": 2, "broken": 1,
    }  # fmt: skip
    assert reported_rows(subscriber_import) == [
        (3, "broken"), (4, "duplicate"), (5, "left"), (6, "suppressed"), (7, "suppressed"),
        (10, "remark"),
    ]  # fmt: skip
    assert "already in line 2" in subscriber_import.rows.get(line=4).reason
    assert (
        "Enter a valid e-mail address, such as name@example.org."
        in subscriber_import.rows.get(line=3).reason
    )
    assert set(Subscriber.objects.values_list("email", "state")) == before


def test_valid_rows_are_imported_with_the_consent(people: None) -> None:
    subscriber_import = imported(LIST)
    assert subscriber_import.state == "done"
    assert subscriber_import.content is None
    ola = Subscriber.objects.get(email="ola@readers.example")
    assert (ola.state, ola.name, ola.language) == ("active", "Ola", "fr")
    assert len(ola.token) == 64
    consent = ola.consents.get()
    assert consent.wording == CONSENT
    assert consent.confirmed_at is not None
    assert consent.source_url == f"Import {subscriber_import.pk}: list.csv"
    assert list(consent.newsletters.all()) == [news()]
    assert Subscriber.objects.get(email="waiting@readers.example").is_active
    receiving = set(Subscriber.objects.receiving(news()).values_list("email", flat=True))
    names = ("ola", "known", "waiting", "mina")
    assert receiving == {f"{name}@readers.example" for name in names}
    for name in ("left", "barred"):
        assert not Subscriber.objects.get(email=f"{name}@readers.example").is_active
    assert not Subscriber.objects.filter(email="erased@readers.example").exists()
    assert Consent.objects.count() == 3


def test_importing_twice_changes_nothing(people: None) -> None:
    first = imported(LIST)
    runner.run_import(first.pk)
    second = imported(LIST)
    assert second.counts["known"] == 4
    assert second.counts["new"] == 0
    assert Consent.objects.count() == 3
    assert Subscription.objects.count() == 4


def test_an_exported_list_can_be_imported_again(ada: User) -> None:
    names = {
        "+ola@readers.example": "=Ola",
        "=mina@readers.example": "Mina",
        "'ana@x.example": "'t Hooft",
    }
    for address, name in names.items():
        Subscriber.objects.filter(pk=subscriber(address).pk).update(name=name)
    text = "".join(personal_data.export_as_csv(Subscriber.objects.all(), filters="", by=ada))
    Subscriber.objects.all().delete()
    imported(text)
    assert dict(Subscriber.objects.values_list("email", "name")) == names


def test_existing_subscribers_keep_their_frequency() -> None:
    ola = subscriber()
    ola.subscriptions.update(frequency="daily")
    other = Newsletter.objects.create(name="Analysis", slug="analysis")
    subscriber_import = uploaded("ola@readers.example\n")
    subscriber_import.newsletters.add(other)
    uploads.enqueue_dry_run(subscriber_import, ColumnMapping(0, has_header=False))
    runner.resume(subscriber_import.pk)
    uploads.enqueue_run(subscriber_import)
    runner.resume(subscriber_import.pk)
    frequencies = dict(ola.subscriptions.values_list("newsletter__slug", "frequency"))
    assert frequencies == {"news": "daily", "analysis": "issues"}


def test_nothing_is_imported_without_a_check() -> None:
    subscriber_import = uploaded("ola@readers.example\n")
    assert not uploads.enqueue_run(subscriber_import)
    runner.resume(subscriber_import.pk)
    assert not Subscriber.objects.exists()


def test_a_failed_import_saves_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    subscriber_import = checked("ola@readers.example\n")
    uploads.enqueue_run(subscriber_import)
    with monkeypatch.context() as broken:
        broken.setattr(runner, "INSERT_CONSENTS", "SELECT 1 / 0")
        with pytest.raises(DatabaseError), transaction.atomic():
            runner.run_import(subscriber_import.pk)
    assert not Subscriber.objects.exists()
    assert not Subscription.objects.exists()
    subscriber_import.refresh_from_db()
    assert subscriber_import.state == "taking_in"
    # The job starts again.
    assert uploads.in_progress() == [subscriber_import.pk]
    runner.resume(subscriber_import.pk)
    assert Subscriber.objects.get().is_active


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no row"),
        (b"\n\n ,,\n", "no row"),
        (b"x" * (50 * 1024 * 1024 + 1), "larger than 50 MB"),
        (b"PK\x03\x04" + b"\0" * 300, "Save it as CSV"),
        (
            b"%PDF-1.7 \xe2\n",
            "Save it as CSV",
        ),
    ],
)
def test_an_unsuitable_file_is_rejected_with_a_message(content: bytes, message: str) -> None:
    with pytest.raises(uploads.NotPossible, match=message):
        uploads.upload(content, name="x", newsletters=[news()], consent=CONSENT, by=None)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe\x00" * 50, b'"' * 500, b"=cmd|' /C calc'!A0@x.example,@SUM(1)\n",
        b"\xef\xbb\xbf\xef\xbb\xbf", b"a@b.example\r\nBcc: mina@readers.example\n", b"%PNG-1.7 \xe2\n",
        "a@b.example,\ud83d\n".encode("utf-8", "surrogatepass"), b"a@b.example,\x00\n",
    ],
)  # fmt: skip
def test_any_file_is_reported_line_by_line(content: bytes) -> None:
    subscriber_import = uploads.upload(
        content, name="\x00x\n", newsletters=[news()], consent=CONSENT, by=None
    )
    uploads.enqueue_dry_run(subscriber_import, ColumnMapping(0, 1, 1, has_header=False))
    runner.resume(subscriber_import.pk)
    uploads.enqueue_run(subscriber_import)
    runner.resume(subscriber_import.pk)
    subscriber_import.refresh_from_db()
    assert subscriber_import.state == "done"
    processed = sum(subscriber_import.count(outcome) for outcome in ("new", "broken", "duplicate"))
    assert processed == subscriber_import.rows_read
    assert Subscriber.objects.count() == subscriber_import.count("new")


def test_the_hash_in_sql_is_that_in_python() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to('iria.suppression:' || lower(%s), 'UTF8')), 'hex')",
            ["Ola+News@Readers.Example"],
        )
        (hashed,) = cursor.fetchone()
    from newsletter.models.querysets import email_hash

    assert hashed == email_hash("ola+news@readers.example")
    assert "'iria.suppression:' || lower(i.email), 'UTF8'" in runner.EVALUATE


def test_the_command_checks_imports_and_writes_a_report(tmp_path: Path) -> None:
    file, report = tmp_path / "list.csv", tmp_path / "report.csv"
    file.write_text("ola@readers.example\n=1+1\n")
    output = StringIO()
    arguments = [str(file), "--newsletter", "news", "--consent", CONSENT, "--report", str(report)]
    call_command("import_subscribers", *arguments, "--dry-run", stdout=output)
    assert '"new": 1' in output.getvalue()
    assert not Subscriber.objects.exists()
    call_command("import_subscribers", *arguments, stdout=output)
    assert Subscriber.objects.get().is_active
    assert "2,Invalid," in report.read_text()
    assert "'=1+1" in report.read_text()
    for wrong in (["--newsletter", "none"], ["--consent", " "], ["--email", "9x"]):
        with pytest.raises(CommandError):
            call_command("import_subscribers", *arguments, *wrong)


def test_old_files_and_reported_rows_are_deleted(people: None) -> None:
    subscriber_import = checked(LIST)
    uploads.delete_old_files()
    subscriber_import.refresh_from_db()
    assert subscriber_import.content is not None
    SubscriberImport.objects.update(created_at="2026-01-01T00:00Z")
    uploads.delete_old_files()
    subscriber_import.refresh_from_db()
    assert subscriber_import.content is None
    assert not subscriber_import.rows.exists()
    assert not uploads.enqueue_run(subscriber_import)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_unsubscribe_during_the_import_is_respected() -> None:
    ola = subscriber()
    ola.subscriptions.all().delete()
    subscriber_import = checked("ola@readers.example\n")
    uploads.enqueue_run(subscriber_import)
    with transaction.atomic():
        opt_in.unsubscribe(ola.token)
        taking = begin_and_wait(lambda: runner.resume(subscriber_import.pk))
    taking.result(20)
    subscriber_import.refresh_from_db()
    assert subscriber_import.counts["left"] == 1
    assert Subscriber.objects.get().state == "left"
    assert not Subscription.objects.exists()


def test_a_deleted_unsubscriber_is_not_resubscribed(client: Client, ada: User) -> None:
    client.force_login(ada)
    ola = subscriber()
    opt_in.unsubscribe(ola.token)
    form_data = {"action": "delete_selected", "_selected_action": [ola.pk], "post": "yes"}
    client.post("/admin/newsletter/subscriber/", form_data)
    assert not Subscriber.objects.exists()
    subscriber_import = imported("ola@readers.example\n")
    assert reported_rows(subscriber_import) == [(1, "left")]
    assert not Subscriber.objects.exists()


def test_unsubscribed_rows_are_skipped_and_reported() -> None:
    subscriber_import = imported(
        "email,subscribed to emails,name\n"
        "ola@readers.example,true,Ola\n"
        "gone@readers.example,Unsubscribed,Gus\n"
        "never@readers.example,0,\n"
        "odd@readers.example,vip,\n"
    )
    assert reported_rows(subscriber_import) == [(3, "left"), (4, "left"), (5, "broken")]
    assert "“Unsubscribed”" in subscriber_import.rows.get(line=3).reason
    assert "“vip” is not a known status" in subscriber_import.rows.get(line=5).reason
    assert Subscriber.objects.get().email == "ola@readers.example"
    assert subscriber_import.counts == {"new": 1, "left": 2, "broken": 1}


def test_rows_with_an_unsubscribe_date_are_skipped() -> None:
    subscriber_import = imported(
        "email,email_disabled,plan\nola@readers.example,false,free\ngone@readers.example,true,free\n"
    )
    assert reported_rows(subscriber_import) == [(3, "left")]
    assert Subscriber.objects.get().email == "ola@readers.example"


def test_people_who_unsubscribed_elsewhere_are_not_subscribed_by_a_later_list() -> None:
    imported(
        "email,status\ngone@readers.example,Unsubscribed\nwait@readers.example,unconfirmed\n"
        "known@readers.example,unsubscribed\n"
    )
    assert not Subscriber.objects.exists()
    later = imported("Gone@readers.example\nwait@readers.example\nknown@readers.example\n")
    assert reported_rows(later) == [(1, "left"), (3, "left")]
    assert Subscriber.objects.get().email == "wait@readers.example"


def test_a_check_stores_nothing_about_unsubscribed_people() -> None:
    checked("email,status\ngone@readers.example,unsubscribed\n")
    imported("gone@readers.example\n")
    assert Subscriber.objects.get().email == "gone@readers.example"


def test_a_subscriber_is_not_unsubscribed_by_a_list() -> None:
    subscriber("ola@readers.example")
    imported("email,status\nola@readers.example,unsubscribed\n")
    assert Subscriber.objects.get().state == "active"
    assert not Suppression.objects.exists()


def test_a_file_of_people_who_never_subscribed_is_refused() -> None:
    with pytest.raises(uploads.NotPossible):
        uploads.upload(
            b"Email Address\nola@readers.example\n",
            name="nonsubscribed_email_audience_export_1.csv",
            newsletters=[news()],
            consent=CONSENT,
            by=None,
        )


def test_a_list_of_a_mail_program_loses_nobody_silently() -> None:
    subscriber_import = imported(
        "Ola Lind <ola@readers.example>\n"
        '"Rui, R." <mailto:rui@readers.example>\n'
        "mina@readers.example, edna@readers.example\n"
    )
    assert reported_rows(subscriber_import) == [(3, "remark")]
    assert (
        "Only the first address of this row was imported. Use one row for each address."
        in subscriber_import.rows.get(line=3).reason
    )
    assert list(Subscriber.objects.order_by("email").values_list("email", "name")) == [
        ("mina@readers.example", ""),
        ("ola@readers.example", "Ola Lind"),
        ("rui@readers.example", "Rui, R."),
    ]


def test_a_full_export_resubscribes_nobody(chief: User, people: None) -> None:
    csv = "".join(personal_data.export_as_csv(Subscriber.objects.all(), filters="", by=chief))
    Subscriber.objects.all().delete()
    subscriber_import = imported(csv)
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["known@readers.example"]
    assert subscriber_import.count("left") == 3

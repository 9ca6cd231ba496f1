"""Reading bounce messages from files, Maildir, IMAP and standard input."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsletter.bounces import mailbox
from newsletter.bounces import mailbox as bounces_mailbox
from newsletter.bounces.mailbox import Unreadable, read_file, read_imap, read_maildir
from newsletter.bounces.parser.mime import MAX_BYTES
from newsletter.bounces.processing import process_message
from newsletter.models import Bounce, MailboxStatus, Subscriber
from tests.newsletter.bounces.deliveries import sent_delivery
from tests.newsletter.bounces.imap_server import running_mailbox
from tests.newsletter.bounces.messages import (
    automatic_reply,
    bounce,
    complaint,
    unsubscribe_request,
)
from tests.newsletter.factories import subscriber

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"


def read_bounces(*arguments: Any, **options: Any) -> list[dict[str, Any]]:
    output = io.StringIO()
    call_command("read_bounces", *arguments, stdout=output, **options)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def maildir(folder: Path, *messages: bytes) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for index, raw in enumerate(messages):
        (folder / "new" / f"{index}.host").write_bytes(raw)
    return folder


HUGE = 50 * 1024 * 1024


class HugeStream(io.RawIOBase):
    """A stream that generates its bytes when they are read."""

    def __init__(self, first: bytes) -> None:
        self.first, self.left = first, HUGE
        self.most = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.most = max(self.most, len(buffer))
        size = min(len(buffer), self.left)
        self.left -= size
        buffer[:size] = (self.first + bytes(size))[:size]
        self.first = self.first[size:]
        return size


def test_only_the_beginning_of_a_huge_message_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_delivery(subscriber(OLA))
    folder = maildir(tmp_path / "mail", bounce())
    (huge_file,) = (folder / "new").iterdir()
    os.truncate(huge_file, HUGE)
    assert len(read_file(str(huge_file)).raw) == MAX_BYTES
    assert [len(each.raw) for each in read_maildir(folder)] == [MAX_BYTES]
    (from_file,) = read_bounces(str(huge_file), dry_run=True)
    (from_maildir,) = read_bounces(maildir=str(folder), dry_run=True)
    stream = HugeStream(bounce())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(stream)))
    (from_stream,) = read_bounces("-", dry_run=True)
    assert [each["kind"] for each in (from_file, from_maildir, from_stream)] == ["hard"] * 3
    # The sender does not get a broken pipe, and only the beginning is kept in memory.
    assert stream.left == 0
    assert stream.most <= MAX_BYTES


def test_the_command_prints_one_line_per_message(tmp_path: Path) -> None:
    sent_delivery(subscriber(OLA))
    for name, raw in {
        "a.eml": bounce(),
        "b.eml": bounce(status="5.2.2", said="552 5.2.2 Mailbox full"),
        "c.eml": complaint(),
        "d.eml": automatic_reply(to="bounces@bounces.example"),
        "e.eml": b"\x00\xff\xfe nothing that makes sense",
    }.items():
        (tmp_path / name).write_bytes(raw)
    names = [str(tmp_path / f"{name}.eml") for name in "abcdef"]
    reports = read_bounces(*names, dry_run=True)
    assert [each.get("kind") for each in reports] == [
        *("hard", "soft", "complaint", "none", "none", None)
    ]
    assert [each["addresses"] for each in reports[:4]] == [[OLA], [OLA], [OLA], []]
    assert reports[5]["error"] == "No such file or directory"
    assert Subscriber.objects.get().is_active
    assert not Bounce.objects.exists()

    assert read_bounces(names[0])[0]["done"] == ["suppressed"]
    assert not Subscriber.objects.get().is_active


def test_standard_input_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BytesIO(bounce() + b"x" * 3_000_000)

    monkeypatch.setattr(sys, "stdin", Stream)
    assert read_bounces("-", dry_run=True) == [
        {
            "file": "-",
            "kind": "hard",
            "addresses": [OLA],
            "reasons": ["no such address"],
            "codes": ["5.1.1"],
        }
    ]
    assert Stream.buffer.read() == b""


def test_a_maildir_is_read_once_and_a_dry_run_leaves_it_unread(tmp_path: Path) -> None:
    sent_delivery(subscriber(OLA))
    folder = maildir(tmp_path / "mail", bounce(), complaint())
    (folder / "cur" / "9.host:2,S").write_bytes(bounce())
    assert len(read_bounces(maildir=str(folder), dry_run=True)) == 2
    assert len(read_bounces(maildir=str(folder))) == 2
    assert read_bounces(maildir=str(folder)) == []
    assert {path.name for path in (folder / "cur").iterdir()} == {
        "0.host:2,S",
        "1.host:2,S",
        "9.host:2,S",
    }
    with pytest.raises(CommandError, match="is not a Maildir"):
        read_bounces(maildir=str(tmp_path / "nowhere"))


def test_the_worker_reads_the_configured_mailbox(settings: Any, tmp_path: Path) -> None:
    ola = subscriber(OLA)
    settings.BOUNCE_DOMAIN = "bounces.example"
    request = unsubscribe_request(to=f"leave+{ola.token}@bounces.example")
    settings.BOUNCE_MAILBOX_URL = f"maildir://{maildir(tmp_path / 'mail', request)}"
    mailbox.read_mailbox()
    ola.refresh_from_db()
    assert ola.state == "left"
    assert MailboxStatus.objects.get().messages == 1
    assert bounces_mailbox.current_error() == ""


def test_a_message_that_cannot_be_stored_does_not_stop_the_others(
    settings: Any, tmp_path: Path
) -> None:
    ola = subscriber(OLA)
    settings.BOUNCE_DOMAIN = "bounces.example"
    nul = bounce(
        of="o\x00la@readers.example", said="550 5.1.1 N\x00o", message_id="<a\x00@b.example>"
    )
    request = unsubscribe_request(to=f"leave+{ola.token}@bounces.example")
    settings.BOUNCE_MAILBOX_URL = f"maildir://{maildir(tmp_path / 'mail', nul, request)}"
    assert bounces_mailbox.read_mailbox() == 2
    ola.refresh_from_db()
    assert ola.state == "left"
    assert "\x00" not in Bounce.objects.get().smtp_response


def test_a_message_that_fails_stays_unread_and_is_reported_on_the_dashboard(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ola = subscriber(OLA)
    settings.BOUNCE_DOMAIN = "bounces.example"
    request = unsubscribe_request(to=f"leave+{ola.token}@bounces.example")
    folder = maildir(tmp_path / "mail", b"Subject: odd\n\nodd", request)
    settings.BOUNCE_MAILBOX_URL = f"maildir://{folder}"
    original = process_message

    def fail_on_odd(raw: bytes) -> Any:
        if b"odd" in raw:
            raise RuntimeError
        return original(raw)

    monkeypatch.setattr(bounces_mailbox, "process_message", fail_on_odd)
    assert bounces_mailbox.read_mailbox() == 1
    ola.refresh_from_db()
    assert ola.state == "left"
    assert bounces_mailbox.current_error().startswith("1 message")
    monkeypatch.undo()
    assert bounces_mailbox.read_mailbox() == 1
    assert bounces_mailbox.current_error() == ""


def test_a_dropped_imap_connection_is_retried_and_nothing_is_counted_twice(settings: Any) -> None:
    readers = [subscriber(f"reader{number}@readers.example") for number in range(3)]
    raws = [bounce(message_id=sent_delivery(reader).message_id) for reader in readers]
    with running_mailbox(*raws) as mailbox:
        settings.BOUNCE_MAILBOX_URL = f"imap://desk:secret@127.0.0.1:{mailbox.port}/INBOX"
        mailbox.hang_up_at = 2
        assert bounces_mailbox.read_mailbox() == 1
        assert "cannot be read" in bounces_mailbox.current_error()
        assert bounces_mailbox.read_mailbox() == 2
        assert bounces_mailbox.current_error() == ""
        assert mailbox.seen == {1, 2, 3}
        assert bounces_mailbox.read_mailbox() == 0
    assert Bounce.objects.count() == 3
    assert not Subscriber.objects.filter(state="active").exists()
    stored = MailboxStatus.objects.get()
    assert stored.messages == 3
    assert "secret" not in stored.mailbox + stored.error


def test_a_connection_dropped_while_a_message_is_marked_is_reported(settings: Any) -> None:
    delivery = sent_delivery(subscriber(OLA))
    with running_mailbox(bounce(message_id=delivery.message_id)) as mailbox:
        settings.BOUNCE_MAILBOX_URL = f"imap://desk:secret@127.0.0.1:{mailbox.port}/INBOX"
        mailbox.hang_up_at_mark = 1
        assert bounces_mailbox.read_mailbox() == 1
        assert "cannot be read" in bounces_mailbox.current_error()
        assert bounces_mailbox.read_mailbox() == 1
        assert bounces_mailbox.current_error() == ""
    assert Bounce.objects.count() == 1


def test_a_maildir_that_cannot_be_written_is_reported(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(path: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    folder = maildir(tmp_path / "mail", bounce())
    settings.BOUNCE_MAILBOX_URL = f"maildir://{folder}"
    monkeypatch.setattr(Path, "rename", deny)
    assert bounces_mailbox.read_mailbox() == 1
    assert "Permission denied" in bounces_mailbox.current_error()


def test_a_mailbox_error_is_shown_without_the_password(
    settings: Any,
) -> None:
    with running_mailbox() as mailbox:
        settings.BOUNCE_MAILBOX_URL = f"imap://desk:wrong@127.0.0.1:{mailbox.port}/INBOX"
        assert bounces_mailbox.read_mailbox() == 0
        assert bounces_mailbox.current_error().endswith("that is not the password")
        with pytest.raises(CommandError, match="not the password"):
            read_bounces(imap=True)
    with pytest.raises(Unreadable, match="cannot be read"):
        list(read_imap(f"imap://desk:x@127.0.0.1:{mailbox.port}/INBOX"))
    settings.BOUNCE_MAILBOX_URL = ""
    assert bounces_mailbox.read_mailbox() == 0
    with pytest.raises(
        CommandError,
        match="Set BOUNCE_MAILBOX_URL",
    ):
        read_bounces(imap=True)
    with pytest.raises(CommandError, match="Name files"):
        read_bounces()

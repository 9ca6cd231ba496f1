"""Mail servers that send invalid responses, drop the connection or do not respond."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from newsletter.delivery import sending, worker
from newsletter.email import smtp
from newsletter.models import Delivery, Issue
from tests.newsletter.factories import issue, subscribers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
Respond = Callable[[socket.socket], None]


@pytest.fixture
def started(edna: User) -> Issue:
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    return draft


@contextmanager
def server(respond: Respond, settings: Any, *, patience: float = 60) -> Iterator[None]:
    """Calls `respond` for each connection of the newsletter mailer, which waits so many seconds."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_speak, args=(respond, line), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    options = {"host": "127.0.0.1", "port": listener.getsockname()[1], "timeout": patience}
    backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    settings.MAILERS = {"default": backend, "newsletter": backend}
    try:
        yield
    finally:
        # Wakes the thread that waits in accept().
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _speak(respond: Respond, line: socket.socket) -> None:
    with line:
        try:
            respond(line)
        except OSError:
            return


def server_with(greeting: bytes, **answers: bytes) -> Respond:
    """A server with these responses by command; `None` never responds."""

    def respond(line: socket.socket) -> None:
        line.sendall(greeting)
        lines = line.makefile("rb")
        for command in lines:
            name = command[:4].decode("ascii", "replace").strip().upper()
            line.sendall(answers.get(name, b"250 OK\r\n"))
            if name == "DATA":
                for row in lines:
                    if row == b".\r\n":
                        break
                line.sendall(answers.get("DOT", b"250 Taken\r\n"))

    return respond


GREETING = b"220 hello\r\n"
PIPELINING = b"250-hello\r\n250 PIPELINING\r\n"
BEFORE_THE_MAIL = {
    "closes at once": lambda line: None,
    "greets with nonsense": server_with(b"\x00\xff banana\r\n"),
    "greets with a flood": server_with(b"220 " + b"x" * 20_000 + b"\r\n"),
    "never greets": lambda line: line.recv(1),
    "answers MAIL with nonsense": server_with(GREETING, MAIL=b"banana\r\n"),
    "answers RCPT with nonsense": server_with(GREETING, RCPT=b"\xff\xfe\r\n"),
    "falls asleep at RCPT": server_with(GREETING, RCPT=b""),
    "answers DATA with half a line": server_with(GREETING, DATA=b"35"),
    "says 421 to everything": server_with(GREETING, MAIL=b"421 Busy\r\n", RCPT=b"421 Busy\r\n"),
    "answers the first of three with nonsense": server_with(
        GREETING, EHLO=PIPELINING, MAIL=b"banana\r\n"
    ),
    "answers the second of three with nonsense": server_with(
        GREETING, EHLO=PIPELINING, RCPT=b"\xff\xfe\r\n"
    ),
    "falls asleep at the second of three": server_with(GREETING, EHLO=PIPELINING, RCPT=b""),
    "answers the third of three with half a line": server_with(
        GREETING, EHLO=PIPELINING, DATA=b"35"
    ),
    "says 421 to the first of three": server_with(GREETING, EHLO=PIPELINING, MAIL=b"421 Busy\r\n"),
}


SILENT = {
    "never greets",
    "falls asleep at RCPT",
    "answers DATA with half a line",
    "answers the second of three with nonsense",
    "falls asleep at the second of three",
    "answers the third of three with half a line",
}


@pytest.mark.parametrize("name", BEFORE_THE_MAIL)
def test_an_error_before_data_keeps_everything_queued(
    name: str, started: Issue, settings: Any
) -> None:
    with server(BEFORE_THE_MAIL[name], settings, patience=0.4 if name in SILENT else 60):
        worker.deliver_batch(started.pk)
    started.refresh_from_db()
    counts = started.deliveries.counts()
    assert sum(counts.values()) == 3
    assert counts["sent"] == counts["sending"] == counts["claimed"] == counts["uncertain"] == 0
    assert started.state == "sending"
    assert started.error or counts["deferred"] == 3
    healthy = server_with(GREETING, DATA=b"354 Go\r\n")
    Delivery.objects.update(due_at=timezone.now())
    with server(healthy, settings):
        worker.deliver_batch(started.pk)
    started.refresh_from_db()
    assert (started.state, started.error) == ("sent", "")
    assert started.deliveries.counts()["sent"] == 3


AFTER_THE_MAIL = {
    "takes it and falls asleep": server_with(GREETING, DATA=b"354 Go\r\n", DOT=b""),
    "takes it and says nonsense": server_with(GREETING, DATA=b"354 Go\r\n", DOT=b"999 Banana\r\n"),
    "takes it and floods": server_with(GREETING, DATA=b"354 Go\r\n", DOT=b"250 " + b"y" * 20_000),
}


@pytest.mark.parametrize("name", AFTER_THE_MAIL)
def test_an_error_after_data_sends_nothing_twice(
    name: str, started: Issue, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatiently(connection: smtplib.SMTP, wire: bytes) -> smtp.Answer:
        assert connection.sock
        connection.sock.settimeout(0.4 if "asleep" in name else 60)
        return submit_data(connection, wire)

    submit_data = smtp._submit_data
    monkeypatch.setattr(smtp, "_submit_data", impatiently)
    with server(AFTER_THE_MAIL[name], settings):
        worker.deliver_batch(started.pk)
        worker.deliver_batch(started.pk)
    counts = started.deliveries.counts()
    assert counts["uncertain"] == 3
    assert all(started.deliveries.values_list("details", flat=True))
    assert set(started.deliveries.values_list("attempts", flat=True)) == {1}
    started.refresh_from_db()
    assert started.state == "sent"


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"DOT": b"250 Ta\x00ken\r\n"}, "sent"),
        ({"DOT": b"451 No\x00t now\r\n"}, "deferred"),
        ({"RCPT": b"550 N\x00o\r\n"}, "refused"),
        ({"MAIL": b"452 Ful\x00l\r\n"}, "queued"),
    ],
)
def test_a_response_that_cannot_be_stored_is_cleaned(
    answers: dict[str, bytes], state: str, started: Issue, settings: Any
) -> None:
    with server(server_with(GREETING, **{"DATA": b"354 Go\r\n", **answers}), settings):
        worker.deliver_batch(started.pk)
    assert started.deliveries.counts()[state] == 3


def test_a_rejected_login_pauses_the_issue(started: Issue, settings: Any) -> None:
    respond = server_with(
        GREETING, EHLO=b"250-hello\r\n250 AUTH PLAIN\r\n", AUTH=b"535 Wrong password\r\n"
    )
    with server(respond, settings):
        settings.MAILERS["newsletter"]["OPTIONS"] |= {"username": "u", "password": "p"}
        assert worker.deliver_batch(started.pk) == 0
    started.refresh_from_db()
    assert started.state == "paused"
    assert started.error == "The mail server rejected the connection: 535 Wrong password"
    assert started.deliveries.counts()["queued"] == 3


def test_an_address_that_is_too_long_is_rejected_alone(started: Issue, settings: Any) -> None:
    """A row from an earlier version: the forms reject such an address."""
    long = started.deliveries.first()
    assert long is not None
    assert long.subscriber is not None
    long.subscriber.email = "x" * 240 + "@y.example"
    long.subscriber.save()

    def picky(line: socket.socket) -> None:
        line.sendall(GREETING)
        lines = line.makefile("rb")
        for command in map(bytes.upper, lines):
            if command.startswith(b"RCPT") and len(command) > 200:
                line.sendall(b"501 5.1.3 Path too long\r\n")
            elif command.startswith(b"DATA"):
                line.sendall(b"354 Go\r\n")
                while next(lines) != b".\r\n":
                    pass
                line.sendall(b"250 Taken\r\n")
            else:
                line.sendall(b"250 OK\r\n")

    with server(picky, settings):
        worker.deliver_batch(started.pk)
    counts = started.deliveries.counts()
    assert (counts["refused"], counts["sent"]) == (1, 2)


def test_a_server_ready_for_content_without_a_recipient_gets_none(
    started: Issue, settings: Any
) -> None:
    """RFC 2920, 3.1: the connection stays usable for the next recipient."""
    refused = started.deliveries.latest("pk").subscriber
    assert refused is not None
    received: list[bytes] = []

    def picky(line: socket.socket) -> None:
        line.sendall(GREETING)
        lines = line.makefile("rb")
        for command in lines:
            if command.startswith(b"ehlo"):
                line.sendall(PIPELINING)
            elif refused.email.encode() in command:
                line.sendall(b"550 No such person\r\n")
            elif command == b"data\r\n":
                line.sendall(b"354 Go\r\n")
                content = b"".join(iter(lambda: next(lines), b".\r\n"))
                received.append(content)
                line.sendall(b"250 Taken\r\n" if content else b"554 No valid recipients\r\n")
            else:
                line.sendall(b"250 OK\r\n")

    with server(picky, settings):
        worker.deliver_batch(started.pk)
    counts = started.deliveries.counts()
    assert (counts["refused"], counts["sent"]) == (1, 2)
    assert received.count(b"") == 1
    assert len(received) == 3

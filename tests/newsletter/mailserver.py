"""An SMTP server for tests that accepts, rejects, defers or drops."""

import asyncio
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Behaviour = Callable[[str], str | None]
"""Returns the response to an address or a step; None for the default, “drop” to close the connection."""


class MailServer:
    """The handler of aiosmtpd; `taken` are the accepted messages in order."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.senders: list[str] = []
        self.connections: Counter[str] = Counter()
        self.on_mail: Behaviour = lambda sender: None
        self.on_recipient: Behaviour = lambda recipient: None
        self.on_data: Behaviour = lambda recipient: None
        self.before_answer: Callable[[str], None] = lambda recipient: None

    def messages_to(self, address: str) -> list[EmailMessage]:
        return [
            message_from_bytes(raw, policy=policy.default)
            for recipient, raw in self.taken
            if recipient == address
        ]

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.connections["opened"] += 1
        session.host_name = hostname
        return announce_pipelining(answers)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.on_mail(address):
            return _respond(server, answer)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.on_recipient(address):
            return _respond(server, answer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        recipient = envelope.rcpt_tos[0]
        content = envelope.content
        assert isinstance(content, bytes)
        answer = self.on_data(recipient)
        if answer is None or answer == "take and drop":
            self.taken.append((recipient, content))
            self.senders.append(envelope.mail_from or "")
        # Not in the event loop, because Django's code may run in there.
        await asyncio.get_running_loop().run_in_executor(None, self.before_answer, recipient)
        return _respond(server, answer or "250 Taken")


def _respond(server: SMTP, answer: str) -> str:
    if answer.endswith("drop"):
        transport: Any = server.transport
        transport.abort()
        return "421 Going away"
    return answer


def announce_pipelining(answers: list[str]) -> list[str]:
    """aiosmtpd accepts several commands at once, but does not say so, as all usual servers do."""
    return [*answers[:-1], "250-PIPELINING", answers[-1]]


_given: set[int] = set()


def free_port() -> int:
    """A port where nothing answers, below those that systems give to connections by themselves.

    One of those may be taken by any connection of the machine before it is used. Never the same one twice.
    """
    while True:
        # Not `random`, whose numbers Hypothesis makes the same in every process.
        port = 10_000 + secrets.randbelow(22_000)
        if port in _given:
            continue
        with socket.socket() as server_socket, suppress(OSError):
            server_socket.bind(("127.0.0.1", port))
            _given.add(port)
            return port


class _Controller(Controller):
    """Lets the system choose the port."""

    def _create_server(self) -> Any:
        listening = socket.create_server((self.hostname, 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)


@contextmanager
def running_mail_server(settings: Any) -> Iterator[MailServer]:
    """Runs a mail server and points the settings to it."""
    handler = MailServer()
    controller = _Controller(handler, hostname="127.0.0.1", ready_timeout=60)
    controller.start()
    options = {"host": "127.0.0.1", "port": controller.port, "timeout": 60}
    backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    settings.MAILERS = {"default": backend, "newsletter": backend}
    try:
        yield handler
    finally:
        controller.stop()

"""Submits one e-mail to a mail server and reports the outcome; signs it with DKIM.

After a failure it matters whether the server may have the e-mail: only after the last byte of DATA.
So each response is judged by itself, because `smtplib.sendmail` does not tell them apart. An e-mail can
be sent ahead up to its last line: without that, the server does not have it.
"""

import re
import smtplib
import socket
import time
from dataclasses import dataclass
from email import policy
from enum import Enum, auto
from types import TracebackType
from typing import Any, Final, Self

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends import smtp

from iria.core.mail import FolderBackend
from iria.core.text.validators import storable

SEVEN_BIT: Final = policy.SMTP.clone(cte_type="7bit")
"""Every relay passes these lines on unchanged, so a DKIM signature stays valid."""
LINE_BREAK: Final = re.compile(rb"\r\n|\r|\n")
LEADING_DOT: Final = re.compile(rb"(?m)^\.")
LAST_LINE: Final = b".\r\n"
MAX_WAIT_FOR_LAST_LINE: Final = 5.0
"""Seconds after which an e-mail is sent anew: a server that hung up would leave it uncertain."""
MAILBOX_FULL: Final = 552
"""After RCPT, 552 is temporary (RFC 5321, 4.5.3.1.10) although its first digit is 5."""


class Outcome(Enum):
    SENT = auto()
    REJECTED = auto()
    """Rejected permanently; a retry would get the same response."""
    DEFERRED = auto()
    """Not accepted now; retry later."""
    UNREACHABLE = auto()
    """The server accepts nothing at the moment; the e-mail was not submitted."""
    PERMANENT = auto()
    """The server accepts nothing until a person changes something; the e-mail was not submitted."""
    UNCERTAIN = auto()
    """The server may have the e-mail or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    response: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """An e-mail that was sent up to its last line, or else the answer to its envelope."""

    sender: str
    recipient: str
    wire: bytes
    answer: Answer | None
    at: float

    def is_for(self, sender: str, recipient: str, wire: bytes) -> bool:
        """Whether it is the same e-mail and so new that the server still waits for its last line."""
        is_new = time.monotonic() - self.at < MAX_WAIT_FOR_LAST_LINE
        return is_new and (self.sender, self.recipient, self.wire) == (sender, recipient, wire)


class SmtpConnection:
    """A connection to the mail server that is reused for several e-mails."""

    def __init__(self, mailer: str = "newsletter") -> None:
        self._backend: Any = mailers[mailer]
        self._ahead: Ahead | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def open(self) -> Answer | None:
        """Connects if necessary; returns an answer only on failure."""
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            message = f"The mail server cannot be reached: {error_text(error)}"
            if is_permanent(error):
                message = f"The mail server rejected the connection: {error_text(error)}"
                return Answer(Outcome.PERMANENT, message)
            return Answer(Outcome.UNREACHABLE, message)
        return None

    @property
    def speaks_smtp(self) -> bool:
        """Whether it accepts raw bytes (`submit`)."""
        return isinstance(self._backend, smtp.EmailBackend)

    def deliver(self, message: EmailMessage) -> Answer:
        """Sends one message to its one recipient."""
        if unreachable := self.open():
            return unreachable
        if isinstance(self._backend, smtp.EmailBackend):
            return self._by_smtp(message)
        return self._by_backend(message)

    def _by_backend(self, message: EmailMessage) -> Answer:
        try:
            self._backend.send_messages([message])
        except OSError as error:
            if isinstance(self._backend, FolderBackend):
                # A full disk: an incomplete file is not an e-mail.
                return Answer(Outcome.UNREACHABLE, error_text(error))
            return Answer(Outcome.UNCERTAIN, error_text(error))
        except Exception as error:
            # Other backends raise any exception, and do not say what was sent.
            return Answer(Outcome.UNCERTAIN, error_text(error))
        return Answer(Outcome.SENT)

    def _by_smtp(self, message: EmailMessage) -> Answer:
        try:
            sender = self._backend.prep_address(message.from_email)
            recipient = self._backend.prep_address(message.recipients()[0])
            wire = smtp_data_of(message)
        except ValueError as error:
            return Answer(Outcome.REJECTED, error_text(error))
        return self.submit(sender, recipient, wire)

    def send_ahead(self, sender: str, recipient: str, wire: bytes) -> None:
        """Sends an e-mail up to its last line; `submit` with the same values completes it.

        If anything else follows, the connection is closed, and the server discards the e-mail
        (RFC 5321, 4.1.1.4). A failure is not reported, because `submit` begins again.
        """
        self._abandon_ahead()
        if self.open() is not None:
            return
        server: smtplib.SMTP = self._backend.connection
        try:
            answer = _send_envelope(server, sender, recipient, len(wire))
            if answer is None:
                # The last line must not wait until the others are acknowledged.
                self._backend.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server.send(wire.removesuffix(LAST_LINE))
        except (OSError, smtplib.SMTPException, ValueError):
            self._drop()
        else:
            self._ahead = Ahead(sender, recipient, wire, answer, time.monotonic())

    def submit(self, sender: str, recipient: str, wire: bytes) -> Answer:
        """Submits one e-mail by SMTP.

        Args:
            sender: the envelope sender, to which bounces are returned.
            wire: the SMTP data, from `smtp_data_of` or a template.
        """
        ahead = self._ahead
        if ahead is not None and ahead.is_for(sender, recipient, wire):
            self._ahead = None
            answer = ahead.answer or _submit_data(self._backend.connection, LAST_LINE)
            self._reset(answer)
            return answer
        self._abandon_ahead()
        if unreachable := self.open():
            return unreachable
        server: smtplib.SMTP = self._backend.connection
        try:
            envelope_answer = _send_envelope(server, sender, recipient, len(wire))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # The server sent an invalid response; the e-mail was not submitted.
            self._drop()
            return Answer(Outcome.UNREACHABLE, error_text(error))
        answer = envelope_answer or _submit_data(server, wire)
        self._reset(answer)
        return answer

    def _abandon_ahead(self) -> None:
        """Closes a connection that waits for the rest of an e-mail, since no command says so."""
        if self._ahead is not None:
            self._drop()

    def _reset(self, answer: Answer) -> None:
        """Resets the connection for the next e-mail, or closes it."""
        if answer.outcome is Outcome.SENT:
            return
        if answer.outcome in {Outcome.UNCERTAIN, Outcome.UNREACHABLE, Outcome.PERMANENT}:
            self._drop()
            return
        try:
            self._backend.connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        """Closes a connection without QUIT, because the server may not respond to it."""
        self._backend.connection.close()
        self._backend.connection = self._ahead = None

    def _close(self) -> None:
        self._abandon_ahead()
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            # The connection is already closed.
            if isinstance(self._backend, smtp.EmailBackend):
                self._backend.connection = None


def smtp_data_of(message: EmailMessage) -> bytes:
    """Returns the SMTP data of a message, including the final dot."""
    return to_smtp_data(message.message(policy=SEVEN_BIT).as_bytes())


def to_smtp_data(raw: bytes) -> bytes:
    """Normalises line endings, doubles dots and adds the final dot."""
    raw = LINE_BREAK.sub(b"\r\n", raw)
    quoted = LEADING_DOT.sub(b"..", raw)
    return quoted + (b"" if quoted.endswith(b"\r\n") else b"\r\n") + LAST_LINE


def is_permanent(error: BaseException) -> bool:
    """Whether retrying is pointless: a failed login, or a permanent SMTP error."""
    if isinstance(error, smtplib.SMTPResponseException):
        # smtplib itself reports 500 if the server sends too much.
        return 500 <= error.smtp_code < 600 and error.smtp_error != "Line too long."
    return isinstance(error, smtplib.SMTPNotSupportedError)


def error_text(error: BaseException) -> str:
    """Returns an error as a sentence for editors."""
    if isinstance(error, smtplib.SMTPResponseException):
        return response_text(error.smtp_code, error.smtp_error)
    return " ".join(storable(str(error)).split()) or type(error).__name__


def response_text(code: int, response: bytes | str) -> str:
    """Returns an SMTP response on one line."""
    text = response.decode("utf-8", "replace") if isinstance(response, bytes) else response
    return " ".join(storable(f"{code} {text}").split())


def _send_envelope(server: smtplib.SMTP, sender: str, recipient: str, size: int) -> Answer | None:
    """Sends MAIL, RCPT and DATA; returns None if the server is ready for the content.

    A server that announces it gets them together (RFC 2920), which saves two round trips.
    """
    server.ehlo_or_helo_if_needed()
    options = f" size={size}" if server.has_extn("size") else ""
    commands = (
        f"mail FROM:{smtplib.quoteaddr(sender)}{options}",
        f"rcpt TO:{smtplib.quoteaddr(recipient)}",
        "data",
    )
    if server.has_extn("pipelining"):
        return _send_together(server, commands)
    for command, judge in zip(commands, ENVELOPE_ANSWERS, strict=True):
        if (answer := judge(*server.docmd(command))) is not None:
            return answer
    return None


def _send_together(server: smtplib.SMTP, commands: tuple[str, ...]) -> Answer | None:
    lines = "".join(f"{command}\r\n" for command in commands)
    if len(lines.splitlines()) != len(commands):
        # As smtplib does, which checks single commands only.
        raise ValueError("An address contains a line break.")
    server.send(lines)
    answers: list[Answer | None] = []
    try:
        for judge in ENVELOPE_ANSWERS:
            answers.append(judge(*server.getreply()))
        _, recipient_answer, data_answer = answers
        if recipient_answer is not None and data_answer is None:
            # It is ready for content, but for no recipient: no content ends that.
            server.send(LAST_LINE)
            server.getreply()
    except (OSError, smtplib.SMTPException):
        if not any(answers):
            raise
    return next(filter(None, answers), None)


def _judge_mail(code: int, response: bytes) -> Answer | None:
    if code == 250:
        return None
    # MAIL was rejected, so the server rejects all of our e-mails.
    outcome = Outcome.PERMANENT if 500 <= code < 600 else Outcome.UNREACHABLE
    return Answer(outcome, response_text(code, response))


def _judge_recipient(code: int, response: bytes) -> Answer | None:
    if code in {250, 251}:
        return None
    return _classify(code, response, final=500 <= code < 600 and code != MAILBOX_FULL)


def _judge_data(code: int, response: bytes) -> Answer | None:
    return None if code == 354 else _classify(code, response, final=500 <= code < 600)


ENVELOPE_ANSWERS: Final = (_judge_mail, _judge_recipient, _judge_data)


def _submit_data(server: smtplib.SMTP, wire: bytes) -> Answer:
    """Sends the content. If the connection breaks now, the outcome is uncertain."""
    try:
        server.send(wire)
        code, response = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        message = f"The connection was lost after the e-mail was submitted: {error_text(error)}"
        return Answer(Outcome.UNCERTAIN, message)
    if 200 <= code < 300:
        return Answer(Outcome.SENT, response_text(code, response))
    if 400 <= code < 600:
        return _classify(code, response, final=code >= 500)
    message = f"The server's response is invalid: {response_text(code, response)}"
    return Answer(Outcome.UNCERTAIN, message)


def _classify(code: int, response: bytes, *, final: bool) -> Answer:
    if code == 421:
        return Answer(Outcome.UNREACHABLE, response_text(code, response))
    return Answer(Outcome.REJECTED if final else Outcome.DEFERRED, response_text(code, response))


SIGNED: Final = (
    *("from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type"),
    *(
        "content-transfer-encoding",
        "content-language",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
    ),
    *("list-archive", "feedback-id", "auto-submitted"),
)
OVERSIGNED: Final = ("from", "to", "subject", "date")
"""Headers that are signed once more than they occur, so that none can be added in transit (oversigning)."""
DOUBLED_DOT: Final = re.compile(rb"(?m)^\.\.")


def has_dkim_key() -> bool:
    """Whether this site signs its e-mails with DKIM."""
    return bool(settings.DKIM_DOMAIN and settings.DKIM_SELECTOR and settings.DKIM_KEY)


def add_signature(wire: bytes) -> bytes:
    """Returns the SMTP data of an e-mail with a DKIM signature, if this site signs."""
    return _signature(wire) + wire if has_dkim_key() else wire


def _signature(wire: bytes) -> bytes:
    import dkim  # docs/decisions/stored-pages.md

    # The signature covers the e-mail without the dots that SMTP adds.
    message = DOUBLED_DOT.sub(b".", wire.removesuffix(b".\r\n"))
    headers = message.partition(b"\r\n\r\n")[0].lower()
    names = [name.encode() for name in SIGNED if _has_header(name, headers)]
    names += [name.encode() for name in OVERSIGNED if _has_header(name, headers)]
    header: bytes = dkim.sign(
        message,
        settings.DKIM_SELECTOR.encode("ascii"),
        settings.DKIM_DOMAIN.encode("ascii"),
        settings.DKIM_KEY.encode("ascii"),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=names,
    )
    return header


def _has_header(name: str, headers: bytes) -> bool:
    return headers.startswith(f"{name}:".encode()) or f"\r\n{name}:".encode() in headers

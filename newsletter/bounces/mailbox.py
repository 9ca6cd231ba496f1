"""Reads bounce messages from files, a Maildir, IMAP or standard input, and the configured mailbox every few minutes.

Messages are fetched only as far as they are parsed, and marked as read after they were processed. If the connection
drops, a message is read again, which changes nothing.
"""

import imaplib
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from iria.core.text.validators import storable
from newsletter.bounces.parser.mime import MOST_BYTES
from newsletter.bounces.processing import process_message
from newsletter.models import MailboxStatus

SECONDS: Final = 30
BATCH_SIZE: Final = 500
"""Messages read in one run; the rest is read in the next one."""


class Unreadable(Exception):
    """The mailbox cannot be read. The message is shown to the user."""


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, and a callback that marks it as read after processing."""

    name: str
    raw: bytes
    done: Callable[[], None] = _nothing


def of_file(name: str) -> Incoming:
    """Returns the message in a file.

    Raises:
        Unreadable
    """
    try:
        with Path(name).open("rb") as file:
            return Incoming(name, file.read(MOST_BYTES))
    except OSError as error:
        raise Unreadable(error.strerror or "The file cannot be read.") from error


def of_stream(stream: BinaryIO) -> Incoming:
    raw = stream.read(MOST_BYTES)
    while stream.read(MOST_BYTES):
        # Read everything: the sender must not get a broken pipe.
        continue
    return Incoming("-", raw)


def of_maildir(folder: Path) -> Iterator[Incoming]:
    """Yields unread messages: all in `new`, and those in `cur` without the Seen flag.

    Raises:
        Unreadable
    """
    if not (folder / "cur").is_dir() and not (folder / "new").is_dir():
        sentence = f"{folder} is not a Maildir: it has no folder “cur” or “new”."
        raise Unreadable(sentence)
    found = sorted(folder.glob("new/*")) + sorted(folder.glob("cur/*"))
    unread = [path for path in found if path.is_file() and not path.name.startswith(".")]
    unread = [path for path in unread if "S" not in path.name.partition(":2,")[2]]
    for path in unread[:BATCH_SIZE]:
        try:
            incoming = of_file(str(path))
        except Unreadable:
            # Another process has just moved it.
            continue
        yield Incoming(str(path), incoming.raw, lambda path=path: _get_issue_or_404(path))  # type: ignore[misc]


def _get_issue_or_404(path: Path) -> None:
    name, _, flags = path.name.partition(":2,")
    target = path.parent.parent / "cur"
    target.mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        path.rename(target / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")


def of_imap(url: str) -> Iterator[Incoming]:
    """Yields the unread messages of a URL such as imaps://user:password@mail.example.org/INBOX.

    Raises:
        Unreadable: with what the server said; messages that came before it were whole.
    """
    try:
        yield from _over_imap(url)
    except (OSError, imaplib.IMAP4.error, EOFError, ValueError) as error:
        first = error.args[0] if error.args else ""
        words = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
        said = " ".join(storable(words).split())[:300] or type(error).__name__
        sentence = f"The mailbox cannot be read: {said}"
        raise Unreadable(sentence) from error


def _over_imap(url: str) -> Iterator[Incoming]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    server: imaplib.IMAP4
    if parts.scheme == "imaps":
        server = imaplib.IMAP4_SSL(host, parts.port or 993, timeout=SECONDS)
    else:
        server = imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS)
        if "STARTTLS" in server.capabilities:
            server.starttls()
    try:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        _expect(server.select(f'"{folder}"'))
        found = _expect(server.uid("SEARCH", "UNSEEN"))
        for uid in (found[0] or b"").split()[:BATCH_SIZE]:
            number = uid.decode("ascii")
            if (raw := _fetched(server, number)) is not None:
                yield Incoming(
                    f"{host} {number}",
                    raw,
                    lambda number=number: _mark_read(server, number),  # type: ignore[misc]
                )
    finally:
        with suppress(OSError, imaplib.IMAP4.error, socket.timeout):
            server.logout()


def _fetched(server: imaplib.IMAP4, number: str) -> bytes | None:
    answer = _expect(server.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
    return next((each[1] for each in answer if isinstance(each, tuple)), None)


def _mark_read(server: imaplib.IMAP4, number: str) -> None:
    server.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")


def _expect(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        first = data[0] if data else ""
        said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
        raise imaplib.IMAP4.error(said)
    return data


def of_url(url: str) -> Iterator[Incoming]:
    """Yields the unread messages of the configured mailbox: IMAP or a local Maildir."""
    if url.startswith("maildir:"):
        return of_maildir(Path(unquote(urlsplit(url).path)))
    return of_imap(url)


def without_password(url: str) -> str:
    """Returns the URL of a mailbox without its password, for display."""
    parts = urlsplit(url)
    who = f"{unquote(parts.username)}@" if parts.username else ""
    return f"{parts.scheme}://{who}{parts.hostname or ''}{parts.path}"[:300]


log = logging.getLogger(__name__)


def read_mailbox() -> int:
    """Processes all unread messages of the configured mailbox; returns how many.

    If the mailbox cannot be read, or the connection drops, the error is stored for the admin and
    the next run tries again. A message that raises an exception stays unread and does not stop the
    others.
    """
    url = settings.BOUNCE_MAILBOX_URL
    if not url:
        return 0
    count, stumbled, error = 0, 0, ""
    try:
        for incoming in of_url(url):
            if _was_processed(incoming):
                count += 1
                incoming.done()
            else:
                stumbled += 1
        error = _stayed_unread(stumbled)
    except Unreadable as unreadable:
        error = str(unreadable)[:500]
        log.warning("bounce mailbox: %s", error)
    _note(without_password(url), count, error)
    return count


def _was_processed(incoming: Incoming) -> bool:
    try:
        process_message(incoming.raw)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("message %s of the bounce mailbox could not be processed", incoming.name)
        return False
    return True


def _stayed_unread(count: int) -> str:
    if not count:
        return ""
    which = "1 message" if count == 1 else f"{count} messages"
    stays = "stays" if count == 1 else "stay"
    return f"{which} could not be processed and {stays} unread. See the log of the worker."


def _note(name: str, count: int, error: str) -> None:
    now = timezone.now()
    reading, _ = MailboxStatus.objects.get_or_create(
        mailbox=name,
        defaults={"tried_at": now, "error": error, "read_at": None if error else now},
    )
    reading.tried_at, reading.error = now, error
    reading.read_at = reading.read_at if error else now
    reading.messages += count
    reading.save()


def current_error() -> str:
    """Returns why the configured mailbox cannot be read, or an empty string."""
    if not settings.BOUNCE_MAILBOX_URL:
        return ""
    name = without_password(settings.BOUNCE_MAILBOX_URL)
    reading = MailboxStatus.objects.filter(mailbox=name).first()
    return reading.error if reading else ""

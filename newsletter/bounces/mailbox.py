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

from iria.core.jobs import job
from iria.core.text.validators import storable
from newsletter.bounces.parser.mime import MAX_BYTES
from newsletter.bounces.processing import process_message
from newsletter.models import MailboxStatus

TIMEOUT_SECONDS: Final = 30
BATCH_SIZE: Final = 500
"""Messages read in one run; the rest is read in the next one."""
IMAP_ERRORS: Final = (OSError, imaplib.IMAP4.error, EOFError, ValueError)


class Unreadable(Exception):
    """The mailbox cannot be read. The message is shown to the user."""


def _do_nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, and a callback that marks it as read after processing."""

    name: str
    raw: bytes
    mark_read: Callable[[], None] = _do_nothing


def read_file(name: str) -> Incoming:
    """Returns the message in a file.

    Raises:
        Unreadable
    """
    try:
        with Path(name).open("rb") as file:
            return Incoming(name, file.read(MAX_BYTES))
    except OSError as error:
        raise Unreadable(error.strerror or "The file cannot be read.") from error


def read_stream(stream: BinaryIO) -> Incoming:
    raw = stream.read(MAX_BYTES)
    while stream.read(MAX_BYTES):
        # Read everything: the sender must not get a broken pipe.
        continue
    return Incoming("-", raw)


def read_maildir(folder: Path) -> Iterator[Incoming]:
    """Yields unread messages: all in `new`, and those in `cur` without the Seen flag.

    Raises:
        Unreadable
    """
    if not (folder / "cur").is_dir() and not (folder / "new").is_dir():
        raise Unreadable(f"{folder} is not a Maildir: it has no folder “cur” or “new”.")
    paths = sorted(folder.glob("new/*")) + sorted(folder.glob("cur/*"))
    unread = [path for path in paths if path.is_file() and not path.name.startswith(".")]
    unread = [path for path in unread if "S" not in path.name.partition(":2,")[2]]
    for path in unread[:BATCH_SIZE]:
        try:
            incoming = read_file(str(path))
        except Unreadable:
            # Another process has just moved it.
            continue
        yield Incoming(str(path), incoming.raw, lambda path=path: _mark_seen(path))  # type: ignore[misc]


def _mark_seen(path: Path) -> None:
    name, _, flags = path.name.partition(":2,")
    target = path.parent.parent / "cur"
    try:
        target.mkdir(exist_ok=True)
        path.rename(target / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")
    except FileNotFoundError:
        # Another process has just moved it.
        return
    except OSError as error:
        raise Unreadable(f"A message cannot be marked as read: {error.strerror}") from error


def read_imap(url: str) -> Iterator[Incoming]:
    """Yields the unread messages of a URL such as imaps://user:password@mail.example.org/INBOX.

    Raises:
        Unreadable: with what the server said; messages that came before it were whole.
    """
    try:
        yield from _imap_messages(url)
    except IMAP_ERRORS as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> Unreadable:
    first = error.args[0] if error.args else ""
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
    details = " ".join(storable(text).split())[:300] or type(error).__name__
    return Unreadable(f"The mailbox cannot be read: {details}")


def _imap_messages(url: str) -> Iterator[Incoming]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    server: imaplib.IMAP4
    if parts.scheme == "imaps":
        server = imaplib.IMAP4_SSL(host, parts.port or 993, timeout=TIMEOUT_SECONDS)
    else:
        server = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT_SECONDS)
        if "STARTTLS" in server.capabilities:
            server.starttls()
    try:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        _expect(server.select(f'"{folder}"'))
        uids = _expect(server.uid("SEARCH", "UNSEEN"))
        for uid in (uids[0] or b"").split()[:BATCH_SIZE]:
            number = uid.decode("ascii")
            if (raw := _fetch(server, number)) is not None:
                yield Incoming(
                    f"{host} {number}",
                    raw,
                    lambda number=number: _mark_read(server, number),  # type: ignore[misc]
                )
    finally:
        with suppress(OSError, imaplib.IMAP4.error, socket.timeout):
            server.logout()


def _fetch(server: imaplib.IMAP4, number: str) -> bytes | None:
    parts = _expect(server.uid("FETCH", number, f"(BODY.PEEK[]<0.{MAX_BYTES}>)"))
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _mark_read(server: imaplib.IMAP4, number: str) -> None:
    try:
        _expect(server.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)"))
    except IMAP_ERRORS as error:
        raise _unreadable(error) from error


def _expect(response: tuple[str, list[Any]]) -> list[Any]:
    code, data = response
    if code != "OK":
        first = data[0] if data else ""
        raise imaplib.IMAP4.error(
            first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
        )
    return data


def read_url(url: str) -> Iterator[Incoming]:
    """Yields the unread messages of the configured mailbox: IMAP or a local Maildir."""
    if url.startswith("maildir:"):
        return read_maildir(Path(unquote(urlsplit(url).path)))
    return read_imap(url)


def without_password(url: str) -> str:
    """Returns the URL of a mailbox without its password, for display."""
    parts = urlsplit(url)
    user = f"{unquote(parts.username)}@" if parts.username else ""
    return f"{parts.scheme}://{user}{parts.hostname or ''}{parts.path}"[:300]


logger = logging.getLogger(__name__)


@job("newsletter.read_mailbox", cron="*/3 * * * *")
def read_mailbox() -> int:
    """Processes all unread messages of the configured mailbox; returns how many.

    If the mailbox cannot be read, or the connection drops, the error is stored for the admin and
    the next run tries again. A message that raises an exception stays unread and does not stop the
    others.
    """
    url = settings.BOUNCE_MAILBOX_URL
    if not url:
        return 0
    count, failed, error = 0, 0, ""
    try:
        for incoming in read_url(url):
            if _process_safely(incoming):
                count += 1
                incoming.mark_read()
            else:
                failed += 1
        error = _unread_error(failed)
    except Unreadable as unreadable:
        error = str(unreadable)[:500]
        logger.warning("bounce mailbox: %s", error)
    _save_status(without_password(url), count, error)
    return count


def _process_safely(incoming: Incoming) -> bool:
    """Returns whether the message was processed; an exception is logged."""
    try:
        process_message(incoming.raw)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("message %s of the bounce mailbox could not be processed", incoming.name)
        return False
    return True


def _unread_error(count: int) -> str:
    if not count:
        return ""
    noun = "1 message" if count == 1 else f"{count} messages"
    verb = "stays" if count == 1 else "stay"
    return f"{noun} could not be processed and {verb} unread. See the log of the worker."


def _save_status(mailbox: str, count: int, error: str) -> None:
    now = timezone.now()
    status, _ = MailboxStatus.objects.get_or_create(
        mailbox=mailbox,
        defaults={"tried_at": now, "error": error, "read_at": None if error else now},
    )
    status.tried_at, status.error = now, error
    status.read_at = status.read_at if error else now
    status.messages += count
    status.save()


def current_error() -> str:
    """Returns why the configured mailbox cannot be read, or an empty string."""
    if not settings.BOUNCE_MAILBOX_URL:
        return ""
    name = without_password(settings.BOUNCE_MAILBOX_URL)
    status = MailboxStatus.objects.filter(mailbox=name).first()
    return status.error if status else ""

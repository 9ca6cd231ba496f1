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
"""Messages of one look; the rest is there at the next."""


class Unreadable(Exception):
    """The mailbox cannot be read; the text is a sentence."""


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in, and what is to be done once it was taken in."""

    name: str
    raw: bytes
    done: Callable[[], None] = _nothing


def of_file(name: str) -> Incoming:
    """A message in a file.

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
        # Whoever writes to us must not be stopped by a closed pipe.
        continue
    return Incoming("-", raw)


def of_maildir(folder: Path) -> Iterator[Incoming]:
    """The messages that nobody has read: all in `new`, and those in `cur` without the mark of being seen.

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
            # Another reader moved it a moment ago.
            continue
        yield Incoming(str(path), incoming.raw, lambda path=path: _get_issue_or_404(path))  # type: ignore[misc]


def _get_issue_or_404(path: Path) -> None:
    name, _, flags = path.name.partition(":2,")
    target = path.parent.parent / "cur"
    target.mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        path.rename(target / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")


def of_imap(url: str) -> Iterator[Incoming]:
    """The unread messages of a mailbox like imaps://user:password@mail.example.org/INBOX.

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
    """The unread messages of the mailbox that is set: IMAP, or a Maildir of this machine."""
    if url.startswith("maildir:"):
        return of_maildir(Path(unquote(urlsplit(url).path)))
    return of_imap(url)


def without_password(url: str) -> str:
    """The address of a mailbox as it may be shown."""
    parts = urlsplit(url)
    who = f"{unquote(parts.username)}@" if parts.username else ""
    return f"{parts.scheme}://{who}{parts.hostname or ''}{parts.path}"[:300]


log = logging.getLogger(__name__)


def read_mailbox() -> int:
    """Takes in every unread message of the mailbox that is set; returns how many.

    A mailbox that cannot be read, or stops half-way, is written down in a sentence for the desk and tried again
    at the next turn. What was taken in counts; the rest is still unread. So is a message that we stumble over,
    and it holds up no other.
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
    """Why the mailbox that is set cannot be read at the moment, or nothing."""
    if not settings.BOUNCE_MAILBOX_URL:
        return ""
    name = without_password(settings.BOUNCE_MAILBOX_URL)
    reading = MailboxStatus.objects.filter(mailbox=name).first()
    return reading.error if reading else ""

"""Where what comes back lies: files, a Maildir, a mailbox behind IMAP, standard input.

Of a message no more is fetched than is looked at. It is marked as read only after it was taken in, so a connection that drops
costs a second look, and looking twice changes nothing.

The mailbox for what comes back, read every few minutes, and what is said where it cannot be.
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
from newsletter.models import MailboxReading

SECONDS: Final = 30
AT_ONCE: Final = 500
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
    except OSError as trouble:
        raise Unreadable(trouble.strerror or "It cannot be read.") from trouble


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
        sentence = f"{folder} is no Maildir: it has no folder “cur” or “new”."
        raise Unreadable(sentence)
    found = sorted(folder.glob("new/*")) + sorted(folder.glob("cur/*"))
    unread = [path for path in found if path.is_file() and not path.name.startswith(".")]
    unread = [path for path in unread if "S" not in path.name.partition(":2,")[2]]
    for path in unread[:AT_ONCE]:
        try:
            incoming = of_file(str(path))
        except Unreadable:
            # Another reader moved it a moment ago.
            continue
        yield Incoming(str(path), incoming.raw, lambda path=path: _seen(path))  # type: ignore[misc]


def _seen(path: Path) -> None:
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
    except (OSError, imaplib.IMAP4.error, EOFError, ValueError) as trouble:
        first = trouble.args[0] if trouble.args else ""
        words = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(trouble)
        said = " ".join(storable(words).split())[:300] or type(trouble).__name__
        sentence = f"The mailbox cannot be read: {said}"
        raise Unreadable(sentence) from trouble


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
        for uid in (found[0] or b"").split()[:AT_ONCE]:
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
    count, stumbled, trouble = 0, 0, ""
    try:
        for incoming in of_url(url):
            if _was_taken_in(incoming):
                count += 1
                incoming.done()
            else:
                stumbled += 1
        trouble = _stayed_unread(stumbled)
    except Unreadable as unreadable:
        trouble = str(unreadable)[:500]
        log.warning("the mailbox for bounces: %s", trouble)
    _note(without_password(url), count, trouble)
    return count


def _was_taken_in(incoming: Incoming) -> bool:
    try:
        process_message(incoming.raw)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception(
            "the message %s of the mailbox for bounces could not be taken in", incoming.name
        )
        return False
    return True


def _stayed_unread(count: int) -> str:
    if not count:
        return ""
    which = "One message" if count == 1 else f"{count} messages"
    stays = "stays" if count == 1 else "stay"
    return f"{which} could not be taken in and {stays} unread; the log of the worker says why."


def _note(name: str, count: int, trouble: str) -> None:
    now = timezone.now()
    reading, _ = MailboxReading.objects.get_or_create(
        mailbox=name,
        defaults={"tried_at": now, "trouble": trouble, "read_at": None if trouble else now},
    )
    reading.tried_at, reading.trouble = now, trouble
    reading.read_at = reading.read_at if trouble else now
    reading.messages += count
    reading.save()


def trouble() -> str:
    """Why the mailbox that is set cannot be read at the moment, or nothing."""
    if not settings.BOUNCE_MAILBOX_URL:
        return ""
    name = without_password(settings.BOUNCE_MAILBOX_URL)
    reading = MailboxReading.objects.filter(mailbox=name).first()
    return reading.trouble if reading else ""

"""An IMAP server with one mailbox that can drop the connection."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

UNSEEN = b"* SEARCH"


@dataclass
class Mailbox:
    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    hang_up_at: int = 0
    """The message at which the server closes the connection, once; 0 for never."""
    hang_up_at_mark: int = 0
    """The same, when the message is to be marked as read."""


class _Handler(socketserver.StreamRequestHandler):
    mailbox: Mailbox

    def handle(self) -> None:
        self._say(b"* OK [CAPABILITY IMAP4rev1] ready")
        for line in self.rfile:
            tag, _, command = line.strip().partition(b" ")
            if not self._answer(tag, command):
                return

    def _answer(self, tag: bytes, command: bytes) -> bool:
        name = command.upper()
        if name.startswith(b"CAPABILITY"):
            self._say(b"* CAPABILITY IMAP4rev1")
        elif name.startswith(b"LOGIN") and b"wrong" in command:
            self._say(tag + b" NO that is not the password")
            return True
        elif name.startswith(b"SELECT"):
            self._say(b"* %d EXISTS" % len(self.mailbox.messages))
        elif name.startswith(b"UID SEARCH"):
            unseen = [
                n for n in range(1, len(self.mailbox.messages) + 1) if n not in self.mailbox.seen
            ]
            self._say(b" ".join([UNSEEN, *[str(number).encode() for number in unseen]]))
        elif match := re.match(rb"UID FETCH (\d+)", name):
            number = int(match[1])
            if number == self.mailbox.hang_up_at:
                self.mailbox.hang_up_at = 0
                return False
            raw = self.mailbox.messages[number - 1]
            self._say(b"* %d FETCH (UID %d BODY[]<0> {%d}" % (number, number, len(raw)))
            self.wfile.write(raw + b")\r\n")
        elif match := re.match(rb"UID STORE (\d+)", name):
            if int(match[1]) == self.mailbox.hang_up_at_mark:
                self.mailbox.hang_up_at_mark = 0
                return False
            self.mailbox.seen.add(int(match[1]))
        self._say(tag + b" OK done")
        return not name.startswith(b"LOGOUT")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def running_mailbox(*messages: bytes) -> Iterator[Mailbox]:
    mailbox = Mailbox(messages=list(messages))
    handler = type("Talk", (_Handler,), {"mailbox": mailbox})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield mailbox
        finally:
            server.shutdown()

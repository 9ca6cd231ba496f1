"""A mail server process that logs what it accepts before it responds.

`python -m tests.newsletter.smtp_process PORT LOG SEED REFUSED DEFERRED DROPPED THINKS`: the shares
of recipients that are rejected, deferred the first time, and dropped after DATA.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.newsletter.mailserver import announce_pipelining, free_port

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Moods:
    """The shares of recipients that are rejected, deferred or dropped; random but reproducible."""

    seed: int = 0
    refused: float = 0.0
    deferred: float = 0.0
    dropped: float = 0.0
    thinks: float = 0.0
    """Seconds before it responds to DATA."""

    def of(self, recipient: str) -> str:
        random_number = random.Random(f"{self.seed} {recipient}").random()
        for behaviour in ("refused", "deferred", "dropped"):
            share: float = getattr(self, behaviour)
            if random_number < share:
                return behaviour
            random_number -= share
        return "taken"


class Recorder:
    """The handler of aiosmtpd."""

    def __init__(self, log: Path, moods: Moods) -> None:
        self.file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.moods = moods
        self.seen: Counter[str] = Counter()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return announce_pipelining(answers)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = self.moods.of(address)
        self.seen[address] += 1
        if behaviour == "refused":
            self._write("refused", address, b"")
            return "550 5.1.1 No such person"
        if behaviour == "deferred" and self.seen[address] == 1:
            self._write("deferred", address, b"")
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        recipient = envelope.rcpt_tos[0]
        content = envelope.content
        assert isinstance(content, bytes)
        await asyncio.sleep(self.moods.thinks)
        if self.moods.of(recipient) == "dropped":
            # Half of them are accepted without a response.
            if len(recipient) % 2:
                self._write("taken", recipient, content)
            self._write("dropped", recipient, content)
            transport: Any = server.transport
            transport.abort()
            return "421 Going away"
        self._write("taken", recipient, content)
        return "250 Taken"

    def _write(self, what: str, recipient: str, content: bytes) -> None:
        line = {"at": time.time(), "what": what, "to": recipient, "id": _message_id(content)}
        os.write(self.file, (json.dumps(line) + "\n").encode())


def _message_id(content: bytes) -> str:
    for line in content.split(b"\r\n", 60):
        if line.lower().startswith(b"message-id:"):
            return line.partition(b":")[2].strip().decode()
    return ""


@dataclass(frozen=True, slots=True)
class Running:
    port: int
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Returns the logged events so far, in order."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def count(self) -> int:
        """Returns the number of events so far."""
        return self.log.read_bytes().count(b"\n")

    def recipients(self, what: str = "taken") -> list[str]:
        return [line["to"] for line in self.lines() if line["what"] == what]


@contextmanager
def smtp_process(log: Path, moods: Moods | None = None) -> Iterator[Running]:
    """Runs the server until the block ends."""
    moods, port = moods or Moods(), free_port()
    shares = (moods.seed, moods.refused, moods.deferred, moods.dropped, moods.thinks)
    command = [sys.executable, "-m", "tests.newsletter.smtp_process", str(port), str(log)]
    log.touch()
    process = subprocess.Popen([*command, *map(str, shares)], cwd=PROJECT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield Running(port, log)
    finally:
        process.terminate()
        process.wait(60)


async def _serve(port: int, handler: Recorder) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.readers.example"), "127.0.0.1", port
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    port, log, seed, *shares = sys.argv[1:]
    asyncio.run(_serve(int(port), Recorder(Path(log), Moods(int(seed), *map(float, shares)))))

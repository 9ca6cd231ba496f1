"""Malformed bounces are parsed within limits of time and memory, without exceptions."""

import random
import time
import tracemalloc
from pathlib import Path

import pytest

from newsletter.bounces.parser import Kind, read
from newsletter.bounces.parser.mime import MAX_BYTES
from tests.newsletter.bounces.messages import automatic_reply, bounce, complaint
from tests.proofs.size import sized
from tests.shared import shared_data

pytestmark = pytest.mark.proof
PIECES = (
    *(
        b"\n",
        b"\n\n",
        b"\r",
        b"\x00",
        b"\xff\xfe",
        b"--mark\n",
        b"--mark--\n",
        b"\x1b$B",
        b"=?utf-8?b?!!?=",
    ),
    *(
        b"Content-Type: message/delivery-status\n\n",
        b"Content-Type: multipart/mixed; boundary=\n",
        b"@" * 50,
    ),
    *(
        b"Final-Recipient: rfc822;",
        b"Action: failed\n",
        b"Content-Transfer-Encoding: base64\n",
        b"<" * 300,
    ),
    *(
        b"a.b." * 100,
        b"<!--",
        b"<script",
        b"Status: 5.",
        b": " * 40,
        b"x" * 3000,
        "ж".encode() * 40,
    ),
)


def messages() -> list[bytes]:
    own = [bounce(), complaint(), automatic_reply(to="bounces@bounces.example")]
    folder = shared_data("bounces")
    found: list[Path] = [*sorted(folder.glob("flufl/*")), *sorted(folder.glob("sisimai/*"))]
    return own + [path.read_bytes() for path in found]


def mutated(raw: bytes, rng: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(4):
            case 0:
                changed[at:at] = rng.choice(PIECES)
            case 1:
                del changed[at : at + rng.randrange(1, 200)]
            case 2:
                other = rng.randrange(len(changed) + 1)
                changed[at:at] = changed[other : other + rng.randrange(1, 400)]
            case _:
                changed[at : at + 4] = rng.randbytes(4)
    return bytes(changed)


def test_mutated_messages_are_parsed_quickly_without_exceptions() -> None:
    seed = sized(1, random.SystemRandom().randrange(2**32))
    rng, originals = random.Random(seed), messages()
    slowest = 0.0
    count = sized(1_500, 100_000)
    for _ in range(count):
        raw = mutated(rng.choice(originals), rng)
        start = time.process_time()
        read(raw)
        slowest = max(slowest, time.process_time() - start)
    print(f"{count} mutations, seed {seed}, slowest {slowest * 1000:.0f} ms")
    assert slowest < 1.0, f"seed {seed}"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("50 MB of one line", bounce() + b"A" * 50_000_000),
        ("50 MB of headers", b"X-Header: x\n" * 4_000_000),
        (
            "parts within parts",
            b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
                for n in range(40_000)
            ),
        ),
        ("mails within mails", b"Content-Type: message/rfc822\n\n" * 40_000),
        (
            "one boundary a line",
            b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 400_000,
        ),
        (
            "addresses without end",
            b"From: MAILER-DAEMON\nSubject: failure notice\n\nfailed\n" + b"a@b.example, " * 80_000,
        ),
        (
            "signs that hold an address",
            b"From: MAILER-DAEMON\nSubject: failure notice\n\nfailed " + b"a.@" * 300_000,
        ),
        (
            "one word",
            b"From: MAILER-DAEMON\nSubject: failure notice\n\nfailed " + b"recipient " * 90_000,
        ),
        ("angles", b"Content-Type: text/html\nFrom: MAILER-DAEMON\n\nfailed" + b"<a " * 300_000),
        (
            "fields",
            b"Content-Type: message/delivery-status\n\n"
            + b"Final-Recipient: rfc822;a@b.example\nAction: failed\n\n" * 20_000,
        ),
        (
            "one letter for many recipients",
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n"
            + b"the recipient address " * 300
            + b"\n--b\nContent-Type: message/delivery-status\n\n"
            + b"".join(
                b"Final-Recipient: rfc822;a%d@b.example\nAction: failed\n\n" % number
                for number in range(1000)
            )
            + b"--b--\n",
        ),
        (
            "diagnoses",
            b"".join(
                b"Final-Recipient: rfc822;a%d@b.example\nAction: failed\nDiagnostic-Code: smtp; %s\n\n"
                % (number, b"the recipient address " * 90)
                for number in range(500)
            ),
        ),
    ],
)
def test_hostile_messages_are_parsed_quickly(name: str, raw: bytes) -> None:
    tracemalloc.start()
    start = time.process_time()
    report = read(raw)
    spent = time.process_time() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{name}: {len(raw) / 1e6:.1f} MB, {spent:.2f} s, {peak / 1e6:.0f} MB more")
    assert spent < 4
    assert peak < 60 * MAX_BYTES
    assert len(report.failures) <= 200
    if name.startswith("50 MB of one"):
        assert report.kind == Kind.HARD

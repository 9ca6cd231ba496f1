"""Runs the commands of the production guide on a new machine, and checks the result."""

import json
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.proofs.machine.guide import boxes
from tests.proofs.machine.new_machine import DOMAIN, NewMachine
from tests.proofs.size import sized

PASSWORD = "a-long-password-of-the-cast"
ANSWERS = {"mail": "edna@example.org", "assword": PASSWORD}
READERS = sized(2, 4)
SITE = f"https://{DOMAIN}"
MARK = '<meta name="generator" content="the next version">'


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: str
    body: str = field(repr=False)


@dataclass
class Operator:
    """Runs the guide and requests pages."""

    machine: NewMachine
    repository: Path
    executed: list[str] = field(default_factory=list)

    def follow(self, *headings: str) -> list[str]:
        """Runs the blocks below these headings, in order; returns their output."""
        printed = []
        for box in boxes():
            if any(box.heading.startswith(heading) for heading in headings):
                printed.append(self.paste(box.commands))
                self.executed.append(box.heading)
        assert printed, headings
        return printed

    def paste(self, commands: str) -> str:
        began = time.monotonic()
        answers = ANSWERS if "createsuperuser" in commands else None
        printed = self.machine.run(commands, answers=answers)
        print(f"{time.monotonic() - began:6.1f} s  {commands.splitlines()[0][:90]}")
        return printed

    def box(self, heading: str, number: int) -> str:
        """Runs one of several blocks below a heading."""
        below = [box for box in boxes() if box.heading == heading]
        self.executed.append(heading)
        return self.paste(below[number].commands)

    def ask(self, url: str, *options: str) -> Answer:
        command = ["curl", "--silent", "--show-error", "--include", "--max-time", "120", url]
        raw = self.machine.run(" ".join(map(shlex.quote, [*command, *options])))
        head, _, body = raw.replace("\r\n", "\n").partition("\n\n")
        return Answer(int(head.split()[1]), head.lower(), body)

    def checksum(self, path: str) -> str:
        """The checksum of a public response."""
        return self.machine.run(
            f"curl --fail --silent --show-error {SITE}{path} | sha256sum"
        ).split()[0]

    def query(self, database: str, sql: str) -> str:
        quoted = shlex.quote(sql)
        return self.machine.run(
            f"cd / && runuser -u postgres -- psql --no-psqlrc --tuples-only --no-align --command={quoted} {database}"
        )

    @contextmanager
    def readers(self, *paths: str) -> Iterator[None]:
        """Requests these pages during the block; no response may be an error."""
        urls = [SITE + path for path in paths]
        command = [
            *self.machine.inside(),
            "/usr/bin/python3",
            "/opt/stand-ins/tests/proofs/machine/readers.py",
            str(READERS),
            *urls,
        ]
        with subprocess.Popen(
            command,
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield
            finally:
                output, _ = process.communicate(timeout=300)
        seen = json.loads(output)
        print(
            f"{seen['requests']} requests, the longest {seen['longest']:.1f} s, failed: {len(seen['failed'])}"
        )
        assert seen["requests"] > READERS
        assert seen["failed"] == []

    def sign_in(self) -> str:
        """Signs in as the first administrator; returns the final URL."""
        jar = "--cookie /root/cookies --cookie-jar /root/cookies"
        form = f"{SITE}/accounts/login/?next=/admin/"
        self.machine.run("rm -f /root/cookies")
        html = self.machine.run(f"curl --fail --silent --show-error {jar} '{form}'")
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[0]
        fields = {
            "csrfmiddlewaretoken": token,
            "login": ANSWERS["mail"],
            "password": PASSWORD,
            "next": "/admin/",
        }
        filled = " ".join(f"--data-urlencode {name}={value}" for name, value in fields.items())
        return self.machine.run(
            f"curl --fail --silent --show-error --location --output /dev/null --write-out '%{{url_effective}}'"
            f" {jar} --header 'Origin: {SITE}' --referer '{form}' {filled} '{form}'"
        )

    def publish_next_version(self) -> None:
        """Adds a commit with a migration, a page and a style to the repository."""
        last = sorted(
            path.stem for path in (self.repository / "iria" / "migrations").glob("0*.py")
        )[-1]
        migration = f"""from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("iria", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE next_version (number int)", "DROP TABLE next_version")]
"""
        (self.repository / "iria" / "migrations" / "9999_next_version.py").write_text(migration)
        base = self.repository / "templates" / "base.html"
        base.write_text(base.read_text().replace("</head>", f"{MARK}\n</head>"))
        for style in (self.repository / "static" / "css").glob("**/*.css"):
            style.write_text(style.read_text() + "\n.next-version { color: inherit; }\n")
        commit(self.repository)
        self.machine.replace_upstream(self.repository)


def commit(folder: Path) -> None:
    who = ("-c", "user.name=Edna", "-c", "user.email=edna@example.org")
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(
        ["git", *who, "commit", "--quiet", "--message", "A version"], cwd=folder, check=True
    )


def one_of(page: Answer, pattern: str) -> str:
    found = re.search(pattern, page.body)
    assert found, pattern
    return found[1]


def image_of(page: Answer) -> str:
    return one_of(page, r'src="(/pictures/[^"]+)"')

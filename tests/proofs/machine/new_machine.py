"""A new Debian machine without IRIA: a temporary overlay over this one, in its own namespaces.

    with new_machine(upstream) as machine:
        machine.run("apt-get install --yes nginx")

Its files are in memory and deleted at the end, with all its processes: its init process is killed, and the
kernel ends the others. It has its own network, with all ports free; `run(..., outside=True)` runs a
command in the network of this machine, to download something.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from iria.launcher import processes
from tests.proofs.clone import children_of

HERE = Path(__file__).parent
DOMAIN = "www.example.org"
STAND_INS = (
    "certificate authority: `certbot` checks the challenge over port 80 and signs with an authority of the test",
    "systemd: `systemctl` runs the units in their sandbox, without cgroups; timers do not fire",
    "the first PostgreSQL cluster: made when `postgresql` is first started, where its package was there already",
    "download of IRIA: git fetches the address in the guide from a local repository",
    "domain names: /etc/hosts",
    "network: one of the machine's own",
    "apt-get: records its calls; Debian's packages were installed before, with the network of this machine",
    "package index: pip finds the packages of the lock, downloaded before, in a folder",
    "mail server: one of the test, with STARTTLS and a password",
)
_CLEAN = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}


@dataclass
class NewMachine:
    pid: int
    given: Path
    """Shared files: its certificate authority, and the folder of sent e-mails."""

    def run(
        self, commands: str, *, outside: bool = False, answers: Mapping[str, str] | None = None
    ) -> str:
        """Runs commands as root in a shell that stops at the first one that fails.

        Args:
            outside: in the network of this machine.
            answers: what to type at a prompt that contains the key.

        Returns:
            Their output.
        """
        shell = [*self.inside(outside=outside), "/bin/bash", "-e", "-c", commands]
        if answers:
            return self._type(commands, answers)
        done = subprocess.run(
            shell,
            env=_CLEAN,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, (
            f"{commands}\n→ {done.returncode}\n{done.stdout[-3000:]}\n{self.logs()}"
        )
        return done.stdout

    def _type(self, commands: str, answers: Mapping[str, str]) -> str:
        """Runs commands in a terminal, to enter a password."""
        wrapped = [
            *self.inside(),
            "script",
            "--quiet",
            "--flush",
            "--return",
            "--command",
            commands,
            "/dev/null",
        ]
        output, seen = "", 0
        with subprocess.Popen(
            wrapped,
            env=_CLEAN,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            watchdog = threading.Timer(600, process.kill)
            watchdog.start()
            while more := os.read(process.stdout.fileno(), 4096):
                output += more.decode(errors="replace")
                for prompt, answer in answers.items():
                    if prompt in output[seen:] and output.rstrip().endswith(":"):
                        seen = len(output)
                        time.sleep(0.2)  # input before the echo is off is discarded
                        process.stdin.write(f"{answer}\n".encode())
                        process.stdin.flush()
            watchdog.cancel()
        assert process.returncode == 0, output
        return output

    def inside(self, *, outside: bool = False) -> list[str]:
        spaces = ["--mount", "--pid", "--ipc", "--uts"] + ([] if outside else ["--net"])
        return ["nsenter", "--target", str(self.pid), *spaces, "--root", "--wd"]

    def start(self, *command: str | Path) -> "subprocess.Popen[bytes]":
        """Starts a program of this machine in the network of the new one."""
        entered = ["nsenter", "--target", str(self.pid), "--net", *map(str, command)]
        with (self.given / "started.log").open("ab") as log:
            return subprocess.Popen(
                entered,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=processes.die_with_parent(signal.SIGKILL),
            )

    def logs(self) -> str:
        folder = self.root / "var" / "log" / "stand-in"
        parts = [
            f"── {log.name}\n{log.read_text(errors='replace')[-1500:]}"
            for log in sorted(folder.glob("iria-*"))
        ]
        return "\n".join(parts)

    @property
    def root(self) -> Path:
        """The file system of the new machine."""
        return Path(f"/proc/{self.pid}/root")

    def replace_upstream(self, repository: Path) -> None:
        """Replaces the repository behind the URL in the guide."""
        # Files are copied, because git would resolve the path below /proc on this machine.
        clone = self.given / "next.git"
        subprocess.run(["git", "clone", "-q", "--bare", repository, clone], check=True)
        target = self.root / "opt" / "stand-ins" / "upstream.git"
        shutil.rmtree(target)
        shutil.copytree(clone, target)

    def mails(self) -> list[str]:
        return [path.read_text() for path in sorted((self.given / "mails").iterdir())]


@contextmanager
def new_machine(project: Path, wheels: Path) -> Iterator[NewMachine]:
    """Runs a new machine for the duration of the block.

    Args:
        project: the Git repository behind the URL in the guide.
        wheels: the folder in which pip finds packages.
    """
    folder = Path(tempfile.mkdtemp(prefix="iria-machine-"))
    given = folder.with_name(f"{folder.name}-given")
    shutil.copytree(
        HERE, given / "tests" / "proofs" / "machine", ignore=shutil.ignore_patterns("__pycache__")
    )
    (given / "mails").mkdir()
    subprocess.run(["git", "clone", "-q", "--bare", project, given / "upstream.git"], check=True)
    git = '[url "file:///opt/stand-ins/upstream.git"]\n\tinsteadOf = https://git.example.org/iria.git\n'
    (given / "gitconfig").write_text(git)
    shutil.copytree(wheels, given / "wheels")
    (given / "pip.conf").write_text(
        "[global]\nno-index = yes\nfind-links = /opt/stand-ins/wheels\n"
    )
    _make_authority(given)
    spaces = [
        "--mount",
        "--propagation",
        "private",
        "--pid",
        "--net",
        "--ipc",
        "--uts",
        "--fork",
        "--kill-child",
    ]
    with (given / "begin.log").open("wb") as log:
        outer = subprocess.Popen(
            ["unshare", *spaces, "sh", str(HERE / "begin.sh"), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=processes.die_with_parent(signal.SIGKILL),
        )
    mail_server = None
    try:
        machine = NewMachine(_first_process(outer, given / "begin.log"), given)
        mail_server = machine.start(sys.executable, HERE / "mail_server.py", given)
        yield machine
    finally:
        if mail_server is not None:
            mail_server.kill()
            mail_server.wait()
        outer.kill()
        outer.wait()
        shutil.rmtree(given, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _first_process(outer: "subprocess.Popen[bytes]", log: Path) -> int:
    """The init process of the machine, when its service manager is ready."""
    deadline = time.monotonic() + 300
    while outer.poll() is None and time.monotonic() < deadline:
        for pid in children_of(outer.pid):
            if Path(f"/proc/{pid}/root/run/stand-in/control").exists():
                return pid
        time.sleep(0.05)
    raise AssertionError(f"the machine did not start: {log.read_text()}")


def _make_authority(folder: Path) -> None:
    """A test certificate authority, and a certificate for the mail server."""
    authority, authority_key = folder / "authority.pem", folder / "authority-key.pem"
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    authority_options = [
        "-subj",
        "/CN=Authority of the test",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    ]
    _openssl(*key, *authority_options, "-keyout", authority_key, "-out", authority)
    names = ["-subj", "/CN=mail.example.org", "-addext", "subjectAltName=DNS:mail.example.org"]
    certificate_options: list[str | Path] = [
        "-addext",
        "basicConstraints=CA:FALSE",
        "-CA",
        authority,
        "-CAkey",
        authority_key,
    ]
    _openssl(
        *key,
        *names,
        *certificate_options,
        "-keyout",
        folder / "mail-key.pem",
        "-out",
        folder / "mail.pem",
    )


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", "req", "-x509", *arguments], check=True, capture_output=True)

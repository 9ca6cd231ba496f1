"""A service of the replacement for systemd."""

import fcntl
import os
import shlex
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.proofs.machine.units import Failure, Unit

if TYPE_CHECKING:
    from tests.proofs.machine.service_manager import Manager

LOGS = Path("/var/log/stand-in")
START_SECONDS, STOP_SECONDS = 90, 90

# Implements ProtectSystem=strict, PrivateTmp and NoNewPrivileges.
SANDBOX = """
if [ "$STRICT" = strict ]; then
    for path in $WRITABLE; do mount --bind "$path" "$path" || exit 226; done
    mount -o remount,bind,ro / || exit 226
    mount --bind /run /run && mount -o remount,bind,ro /run || exit 226
    for path in $RUNTIME; do mount --bind "$path" "$path" && mount -o remount,bind,rw "$path" || exit 226; done
fi
if [ "$PRIVATE_TMP" = yes ]; then
    mount -t tmpfs -o mode=1777 tmpfs /tmp && mount -t tmpfs -o mode=1777 tmpfs /var/tmp || exit 226
fi
umask "$MASK"
unset STRICT WRITABLE RUNTIME PRIVATE_TMP MASK
[ -z "$LISTEN_FDS" ] || export LISTEN_PID=$$
exec "$@"
"""


class Service:
    def __init__(self, name: str, manager: "Manager") -> None:
        self.name, self.manager = name, manager
        self.process: subprocess.Popen[bytes] | None = None
        self.forked: int | None = None
        self.wanted = False

    @property
    def pid(self) -> int | None:
        if self.process is not None and self.process.poll() is None:
            return self.process.pid
        if self.forked is not None and Path(f"/proc/{self.forked}").exists():
            return self.forked
        return None

    def start(self) -> None:
        if self.pid is not None:
            return
        self.unit = Unit(self.name)
        self.manager.met(self.unit)
        for required in " ".join(self.unit.values["Requires"]).split():
            self.manager.start(required)
        self.wanted = True
        kind = self.unit.one("Type", "simple")
        for command in self.unit.values["ExecStartPre"]:
            self._run(command)
        if kind == "oneshot":
            for command in self.unit.values["ExecStart"]:
                self._run(command)
            self.wanted = False
        elif kind == "forking":
            self._run(self.unit.one("ExecStart"))
            self.forked = int(Path(self.unit.one("PIDFile")).read_text().split()[0])
        else:
            self._start_main(kind)

    def _start_main(self, kind: str) -> None:
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if kind == "notify" else None
        extra_environment: dict[str, str] = {}
        if ready is not None:
            place = f"/run/stand-in/notify-{self.name}"
            Path(place).unlink(missing_ok=True)
            ready.bind(place)
            Path(place).chmod(0o666)
            extra_environment["NOTIFY_SOCKET"] = place
        listening = self.manager.sockets.get(self.name.replace(".service", ".socket"), [])
        if listening:
            extra_environment["LISTEN_FDS"] = str(len(listening))
        self.process = self._spawn(self.unit.one("ExecStart"), extra_environment, listening)
        threading.Thread(target=self._watch, args=[self.process], daemon=True).start()
        if ready is not None:
            with ready:
                self._wait_until_ready(ready)

    def _wait_until_ready(self, ready: socket.socket) -> None:
        ready.settimeout(0.1)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.pid is not None:
            try:
                if b"READY=1" in ready.recv(4096):
                    return
            except TimeoutError:
                continue
        raise Failure(f"Job for {self.name} failed; see its log.")

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        """Restarts it by Restart= after an unexpected end."""
        status = process.wait()
        restart = self.unit.one("Restart")
        if (
            self.wanted
            and process is self.process
            and (restart == "always" or (restart == "on-failure" and status))
        ):
            time.sleep(float(self.unit.one("RestartSec", "0.1")))
            with self.manager.lock:
                if self.wanted and process is self.process:
                    self.start()

    def stop(self) -> None:
        self.wanted = False
        pid = self.pid
        if pid is None:
            return
        for command in self.unit.values["ExecStop"]:
            self._run(command, MAINPID=str(pid))
        self._signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.pid is not None and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.process is not None:  # KillMode=mixed: remaining processes
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def reload(self) -> None:
        if self.pid is None or not self.unit.values["ExecReload"]:
            raise Failure(f"{self.name} is not active or has no ExecReload, cannot reload.")
        for command in self.unit.values["ExecReload"]:
            self._run(command, MAINPID=str(self.pid))

    def _run(self, command: str, **extra_environment: str) -> None:
        ignores_errors, command = command.startswith("-"), command.lstrip("-")
        status = self._spawn(command, extra_environment, []).wait()
        if status and not ignores_errors:
            raise Failure(f"{self.name}: `{command}` ended with status {status}; see its log.")

    def _spawn(
        self, command: str, extra_environment: dict[str, str], listening: list[socket.socket]
    ) -> "subprocess.Popen[bytes]":
        """Starts a process like systemd, with user, environment and sockets from descriptor 3."""
        one = self.unit.one
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            **self._environment(),
            **extra_environment,
        }
        words = [
            environment.get(word[1:], "") if word.startswith("$") else word
            for word in shlex.split(command)
        ]
        prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SANDBOX, "sh"]
        if user := one("User"):
            prefix += ["setpriv", "--reuid", user, "--regid", user, "--init-groups"]
            prefix += ["--no-new-privs"] if one("NoNewPrivileges") == "yes" else []
        sandbox = {
            "STRICT": one("ProtectSystem"),
            "WRITABLE": " ".join(self._writable()),
            "RUNTIME": " ".join(str(folder) for folder in self._runtime_folders()),
            "PRIVATE_TMP": one("PrivateTmp"),
            "MASK": one("UMask", "0022"),
        }
        numbers = [sock.fileno() for sock in listening]

        def hand_over() -> None:
            copies = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 100) for number in numbers]
            for place, number in enumerate(copies, 3):
                os.dup2(number, place)

        LOGS.mkdir(parents=True, exist_ok=True)
        with (LOGS / self.name).open("ab") as log:
            return subprocess.Popen(
                [*prefix, *words],
                cwd=one("WorkingDirectory", "/"),
                env=environment | sandbox,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                close_fds=not numbers,
                preexec_fn=hand_over if numbers else None,
            )

    def _writable(self) -> list[str]:
        """ReadWritePaths; those that begin with a hyphen may be missing."""
        paths = " ".join(self.unit.values["ReadWritePaths"]).split()
        return [
            path.lstrip("-") for path in paths if path[0] != "-" or Path(path.lstrip("-")).exists()
        ]

    def _runtime_folders(self) -> list[Path]:
        """RuntimeDirectory, made for the user of the service."""
        folders = [Path("/run") / name for name in self.unit.values["RuntimeDirectory"]]
        for folder in folders:
            folder.mkdir(exist_ok=True)
            shutil.chown(folder, self.unit.one("User"))
        return folders

    def _environment(self) -> dict[str, str]:
        lines = [word for value in self.unit.values["Environment"] for word in shlex.split(value)]
        for path in self.unit.values["EnvironmentFile"]:
            lines += Path(path.lstrip("-")).read_text().splitlines()
        return dict(
            line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")
        )

"""A replacement for systemd: runs the services and sockets of unit files, and responds to `systemctl`.

It uses only the standard library, because it runs with the Python of the test machine.
"""

import json
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from tests.proofs.machine.services import Service
from tests.proofs.machine.units import APPLIED, FOLDERS, KINDS, Failure, Unit

CONTROL = "/run/stand-in/control"


class Manager:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.services: dict[str, Service] = {}
        self.sockets: dict[str, list[socket.socket]] = {}
        self.timers: set[str] = set()
        self.ignored: set[str] = set()

    def met(self, unit: Unit) -> None:
        own = FOLDERS[0] / unit.name
        if own.is_file():  # units of Debian's packages are not checked
            self.ignored |= set(unit.values) - APPLIED

    def serve(self) -> None:
        Path(CONTROL).parent.mkdir(parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(CONTROL)
            listener.listen()
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._answer, args=[client], daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, client.makefile("rw") as lines:
            arguments = json.loads(lines.readline())
            try:
                with self.lock:
                    output, status = self.do(arguments)
            except Failure as why:
                output, status = str(why), 1
            lines.write(json.dumps([output, status]) + "\n")

    def do(self, arguments: list[str]) -> tuple[str, int]:
        """The output and the exit status of systemctl."""
        action, *names = [word for word in arguments if not word.startswith("--")]
        if action == "stand-in-ignored":
            return "\n".join(sorted(self.ignored)), 0
        names = [name if name.endswith(KINDS) else f"{name}.service" for name in names]
        if action == "is-active":
            return "", 0 if all(self.active(name) for name in names) else 3
        if action == "enable" and "--now" in arguments:
            action = "start"
        actions: dict[str, Callable[[str], object]] = {
            "start": self.start,
            "stop": self.stop,
            "restart": self.restart,
            "try-restart": self.try_restart,
            "reload": lambda name: self.service(name).reload(),
            "enable": Unit,
            "daemon-reload": Unit,
        }
        if action not in actions:
            raise Failure(f"The stand-in for systemctl does not know `{action}`.")
        for name in names:
            actions[action](name)
        return "", 0

    def active(self, name: str) -> bool:
        if name.endswith(".service"):
            return self.service(name).pid is not None
        return name in self.sockets or name in self.timers

    def service(self, name: str) -> Service:
        return self.services.setdefault(name, Service(name, self))

    def start(self, name: str) -> None:
        if name == "postgresql.service":
            for cluster in self.clusters():
                self.start(f"postgresql@{cluster}.service")
        elif name.endswith(".socket"):
            self.listen(name)
        elif name.endswith(".timer"):
            self.met(Unit(name))
            self.timers.add(name)
        else:
            self.service(name).start()

    def stop(self, name: str) -> None:
        if name.endswith(".service"):
            self.service(name).stop()
        for sock in self.sockets.pop(name, []):
            sock.close()

    def restart(self, name: str) -> None:
        self.stop(name)
        self.start(name)

    def try_restart(self, name: str) -> None:
        Unit(name)
        if self.active(name):
            self.restart(name)

    def listen(self, name: str) -> None:
        if name in self.sockets:
            return
        unit = Unit(name)
        self.met(unit)
        sockets = []
        for address in unit.values["ListenStream"]:
            host, _, port = address.rpartition(":")
            sockets.append(socket.create_server((host, int(port)), backlog=4096))
        self.sockets[name] = sockets

    def clusters(self) -> list[str]:
        """Debian's PostgreSQL clusters; creates the first one, as the package does on installation."""
        if not list(Path("/etc/postgresql").glob("*/*/postgresql.conf")):
            versions = sorted(
                Path("/usr/lib/postgresql").glob("*/bin/postgres"),
                key=lambda path: int(path.parts[-3]),
            )
            subprocess.run(
                ["pg_createcluster", versions[-1].parts[-3], "main"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        found = Path("/etc/postgresql").glob("*/*/postgresql.conf")
        return ["-".join(path.parts[-3:-1]) for path in found]


if __name__ == "__main__":
    Manager().serve()

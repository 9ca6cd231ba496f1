"""Unit files of systemd, and the directives that the replacement applies."""

from collections import defaultdict
from pathlib import Path

FOLDERS = [
    Path("/etc/systemd/system"),
    Path("/usr/lib/systemd/system"),
    Path("/lib/systemd/system"),
]
KINDS = (".service", ".socket", ".timer")
APPLIED = frozenset(
    [
        "Description",
        "Documentation",
        "Requires",
        "ListenStream",
        "Type",
        "NotifyAccess",
        "User",
        "UMask",
        "WorkingDirectory",
        "Environment",
        "EnvironmentFile",
        "PIDFile",
        "ExecStartPre",
        "ExecStart",
        "ExecReload",
        "ExecStop",
        "KillMode",
        "Restart",
        "RestartSec",
        "NoNewPrivileges",
        "PrivateTmp",
        "ProtectSystem",
        "ReadWritePaths",
        "RuntimeDirectory",
        "RuntimeDirectoryPreserve",
    ]
)


class Failure(Exception):
    """An error message of systemctl."""


class Unit:
    """A unit file: directive → all its values."""

    def __init__(self, name: str) -> None:
        self.name = name
        template, at, rest = name.partition("@")
        instance = rest.rpartition(".")[0]
        wanted = f"{template}@.{name.rpartition('.')[2]}" if at else name
        path = next((folder / wanted for folder in FOLDERS if (folder / wanted).is_file()), None)
        if path is None:
            raise Failure(f"Unit {name} could not be found.")
        self.values: dict[str, list[str]] = defaultdict(list)
        for line in path.read_text().replace("\\\n", " ").splitlines():
            key, equals, value = line.strip().partition("=")
            if equals and not key.startswith(("#", ";", "[")):
                self.values[key].append(
                    value.replace("%i", instance).replace("%I", instance.replace("-", "/"))
                )

    def one(self, key: str, default: str = "") -> str:
        values = self.values.get(key)
        return values[-1] if values else default
